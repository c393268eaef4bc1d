// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Whether this JVM uses an instruction for {@code fma}; elsewhere it is thousands of times slower.
 */
public final class FusedMultiplyAdd {
  /** True where it does. */
  public static final boolean PRESENT = isPresent();

  private FusedMultiplyAdd() {}

  private static boolean isPresent() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return hotSpot != null && Boolean.parseBoolean(hotSpot.getVMOption("UseFMA").getValue());
    } catch (IllegalArgumentException _) {
      return false; // a JVM that has no such option
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@Tag("numeric")
class NumericClassTest {

  @Test
  @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64|aarch64")
  void theProbeFindsWhatTheJvmSaysOfItself() throws ReflectiveOperationException {
    assertEquals(flag("UseFMA"), Boolean.toString(NumericClass.probe()));
  }

  @Test
  @DisabledIfSystemProperty(named = NumericClass.PROPERTY, matches = ".*")
  void theProbeDecides() {
    assertEquals(NumericClass.probe(), NumericClass.FMA);
  }

  /** By reflection, as the engine's module does not read the one that holds the bean. */
  private static String flag(String name) throws ReflectiveOperationException {
    Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getPlatformMXBean", Class.class)
            .invoke(null, type);
    Object option = type.getMethod("getVMOption", String.class).invoke(bean, name);
    return (String) option.getClass().getMethod("getValue").invoke(option);
  }
}

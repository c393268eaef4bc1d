// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.util.List;
import java.util.stream.Stream;

/** The odd sizes that kernels are tried with. */
final class Shapes {
  static final List<Integer> UNITS =
      List.of(1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 20, 31, 33, 40, 63, 64, 65, 100);
  static final List<Integer> INPUTS = List.of(1, 2, 3, 5, 8, 17, 40);

  /** Wider vectors than the machine has are emulated, a thousand times slower. */
  private static final List<Integer> FEW_UNITS = List.of(1, 5, 17);

  private static final List<Integer> FEW_INPUTS = List.of(3, 5);

  private Shapes() {}

  static Stream<Integer> lanes() {
    return Stream.of(4, 8, 16);
  }

  static boolean isEmulated(int lanes) {
    return lanes > Kernels.maxLanes();
  }

  static List<Integer> units(int lanes) {
    return isEmulated(lanes) ? FEW_UNITS : UNITS;
  }

  static List<Integer> inputs(int lanes) {
    return isEmulated(lanes) ? FEW_INPUTS : INPUTS;
  }
}

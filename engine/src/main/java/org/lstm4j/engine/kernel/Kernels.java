// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import org.lstm4j.engine.WeightStorage;

/**
 * What this JVM has for kernels: whether there are vectors, and how wide. {@link SessionKernels}
 * chooses accordingly.
 *
 * <p>The system property {@code lstm4j.lanes} (4, 8 or 16 floats a vector) narrows the vectors, for
 * tests and measurements.
 */
public final class Kernels {
  /** Lanes of the layout that the scalar kernels use: few, so that padding costs little. */
  private static final int SCALAR_LANES = 4;

  private static final boolean VECTORS = findVectors();
  private static final int MAX_LANES = VECTORS ? widestLanes() : SCALAR_LANES;

  /** Gates and activations compare vectors; where that is not compiled, their twins are faster. */
  private static final boolean COMPARING_VECTORS = VECTORS && Vectors.comparisonsAreCompiled();

  private Kernels() {}

  /** Whether the vector kernels run; without {@code jdk.incubator.vector} their twins do. */
  public static boolean vectors() {
    return VECTORS;
  }

  /** Lanes of the widest vectors that are used. */
  public static int maxLanes() {
    return MAX_LANES;
  }

  /**
   * The layout of a matrix on this machine: the vectors are as wide as makes them fewest, and no
   * wider. So 20 units are 2 vectors of 16 lanes rather than 3 of 8, but 8 units are one of 8. It
   * depends on the units alone, so that all matrices that meet in one row share their lanes.
   */
  public static PackedGates layout(int gates, int units, int inputs) {
    int lanes = MAX_LANES;
    while (lanes > 4 && blocks(units, lanes / 2) == blocks(units, lanes)) {
      lanes /= 2;
    }
    return new PackedGates(gates, units, inputs, lanes);
  }

  private static int blocks(int units, int lanes) {
    return (units + lanes - 1) / lanes;
  }

  static Class<? extends MatVec> vectorMatVec(WeightStorage storage) {
    return switch (storage) {
      case FLOAT32 -> VectorMatVec.class;
      case BFLOAT16 -> VectorMatVecBf16.class;
      case INT8 -> VectorMatVecInt8.class;
    };
  }

  /** Whether kernels that compare vectors run. */
  static boolean comparesVectors() {
    return COMPARING_VECTORS;
  }

  private static boolean findVectors() {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!present) {
      // Not kept in a field: logging takes a fresh JVM 10 ms to load.
      System.getLogger("org.lstm4j.engine")
          .log(
              System.Logger.Level.WARNING,
              "lstm4j runs on scalar code; start Java with --add-modules jdk.incubator.vector for"
                  + " the vector kernels");
    }
    return present;
  }

  private static int widestLanes() {
    return narrowed(Vectors.widestLanes(), System.getProperty("lstm4j.lanes"));
  }

  /** The lanes wanted, but no more than there are; {@code null} wants the widest. */
  static int narrowed(int widest, String wanted) {
    // A switch with a case for null starts machinery that costs a fresh JVM milliseconds.
    if (wanted == null) {
      return widest;
    }
    return switch (wanted) {
      case "4", "8", "16" -> Math.min(widest, Integer.parseInt(wanted));
      default ->
          throw new IllegalArgumentException("lstm4j.lanes must be 4, 8 or 16, not " + wanted);
    };
  }
}

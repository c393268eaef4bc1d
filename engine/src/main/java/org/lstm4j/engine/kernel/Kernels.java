// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import org.lstm4j.engine.WeightStorage;

/**
 * Selects the implementation of a kernel: the one place that knows whether this JVM has vectors,
 * and how wide.
 *
 * <p>The system property {@code lstm4j.lanes} (4, 8 or 16 floats a vector) narrows the vectors, for
 * tests and measurements.
 */
public final class Kernels {
  private static final System.Logger LOG = System.getLogger("org.lstm4j.engine");

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

  /** The product of a matrix and one vector. */
  public static MatVec matVec(PackedGates layout) {
    return VECTORS
        ? Specialization.of(vectorMatVec(layout.storage()), layout)
        : new ScalarMatVec(layout);
  }

  static Class<? extends MatVec> vectorMatVec(WeightStorage storage) {
    return switch (storage) {
      case FLOAT32 -> VectorMatVec.class;
      case BFLOAT16 -> VectorMatVecBf16.class;
      case INT8 -> VectorMatVecInt8.class;
    };
  }

  /** The product of a matrix and several vectors. */
  public static MatMul matMul(PackedGates layout) {
    return VECTORS ? Specialization.of(VectorMatMul.class, layout) : new ScalarMatMul(layout);
  }

  /** The gate arithmetic for the rows of a layout; its inputs do not matter. */
  public static LstmGates lstmGates(PackedGates layout) {
    PackedGates rows = new PackedGates(layout.gates(), layout.units(), 1, layout.lanes());
    return COMPARING_VECTORS
        ? Specialization.of(VectorLstmGates.class, rows)
        : new ScalarLstmGates(rows);
  }

  /** A function of one feature, with its constants; see {@link Elementwise.Shape}. */
  public static Elementwise elementwise(Elementwise.Function function, float alpha, float beta) {
    Elementwise.Shape shape = new Elementwise.Shape(function, alpha, beta, MAX_LANES);
    return COMPARING_VECTORS
        ? Specialization.of(VectorElementwise.class, shape)
        : new ScalarElementwise(shape);
  }

  private static boolean findVectors() {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!present) {
      LOG.log(
          System.Logger.Level.WARNING,
          "lstm4j runs on scalar code; start Java with --add-modules jdk.incubator.vector for the"
              + " vector kernels");
    }
    return present;
  }

  private static int widestLanes() {
    return narrowed(Vectors.widestLanes(), System.getProperty("lstm4j.lanes"));
  }

  /** The lanes wanted, but no more than there are; {@code null} wants the widest. */
  static int narrowed(int widest, String wanted) {
    return switch (wanted) {
      case null -> widest;
      case "4", "8", "16" -> Math.min(widest, Integer.parseInt(wanted));
      default ->
          throw new IllegalArgumentException("lstm4j.lanes must be 4, 8 or 16, not " + wanted);
    };
  }
}

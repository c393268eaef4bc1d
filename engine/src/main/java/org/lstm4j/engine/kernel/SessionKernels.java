// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;
import org.lstm4j.engine.WeightStorage;

/**
 * Chooses the kernels of one session. Each is given to a consumer: what runs at first, and later,
 * when it is compiled, the vector kernel in its place ({@link Warmup}).
 *
 * <p>What runs at first, and for good where there are no vectors, is scalar code: over arrays in a
 * session of one thread, over segments where threads share a kernel or there is a way back.
 */
public final class SessionKernels {
  /** Rows that take all paths of {@link VectorMatMul}: four and one more. */
  private static final int EXERCISE_ROWS = 5;

  private final boolean overArrays;
  private final Warmup warmup;

  /** So that both products of a matrix share one copy of its weights. */
  private final IdentityHashMap<PackedMatrix, HeapProduct> heapProducts = new IdentityHashMap<>();

  /**
   * Kernels for one session.
   *
   * @param threads threads of the session
   * @param keep gets the vector kernels, to hold on to them as long as more sessions may come
   */
  public SessionKernels(int threads, Set<Object> keep) {
    this(threads == 1, keep);
  }

  private SessionKernels(boolean overArrays, Set<Object> keep) {
    this.overArrays = overArrays;
    this.warmup = new Warmup(keep);
  }

  /**
   * Kernels for a session that goes back: none over arrays, which keep a copy of the weights and
   * leave no gates behind.
   *
   * @param keep as above
   */
  public static SessionKernels forWayBack(Set<Object> keep) {
    return new SessionKernels(false, keep);
  }

  /** Starts the compilation of what is not compiled yet; nothing more may be asked for then. */
  public Warmup start() {
    heapProducts.clear();
    warmup.start();
    return warmup;
  }

  /** Where kernels become ready, for those that {@link TrainingKernels} chooses. */
  Warmup warmup() {
    return warmup;
  }

  /** The product of a matrix and one vector. */
  public void matVec(PackedMatrix matrix, Consumer<MatVec> use) {
    PackedGates layout = matrix.layout();
    MatVec scalar =
        usesHeap(layout)
            ? heapProducts.computeIfAbsent(matrix, HeapProduct::new)
            : new ScalarMatVec(layout);
    if (Kernels.vectors()) {
      warmup.kernel(
          Kernels.vectorMatVec(layout.storage()),
          layout,
          arena -> matVecExercise(matrix, arena),
          scalar,
          use);
    } else {
      use.accept(scalar);
    }
  }

  /** The product of a matrix and several vectors. */
  public void matMul(PackedMatrix matrix, Consumer<MatMul> use) {
    PackedGates layout = matrix.layout();
    MatMul scalar =
        usesHeap(layout)
            ? heapProducts.computeIfAbsent(matrix, HeapProduct::new)
            : new ScalarMatMul(layout);
    if (Kernels.vectors()) {
      warmup.kernel(
          VectorMatMul.class, layout, arena -> matMulExercise(matrix, arena), scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** The gate arithmetic for the rows of a layout; its inputs do not matter. */
  public void lstmGates(PackedGates layout, Consumer<CellUpdate> use) {
    PackedGates rows = new PackedGates(layout.gates(), layout.units(), 1, layout.lanes());
    CellUpdate scalar = overArrays ? new HeapLstmGates(rows) : new ScalarLstmGates(rows);
    if (Kernels.comparesVectors()) {
      warmup.kernel(VectorLstmGates.class, rows, arena -> cellExercise(rows, arena), scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** The gate arithmetic of a GRU for the rows of a layout; its inputs do not matter. */
  public void gruGates(PackedGates layout, Consumer<CellUpdate> use) {
    PackedGates rows = new PackedGates(layout.gates(), layout.units(), 1, layout.lanes());
    CellUpdate scalar = overArrays ? new HeapGruGates(rows) : new ScalarGruGates(rows);
    if (Kernels.comparesVectors()) {
      warmup.kernel(VectorGruGates.class, rows, arena -> cellExercise(rows, arena), scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** A plain recurrent cell for the rows of a layout; its inputs do not matter. */
  public void rnnGates(RnnGates.Function function, PackedGates layout, Consumer<CellUpdate> use) {
    PackedGates rows = new PackedGates(layout.gates(), layout.units(), 1, layout.lanes());
    RnnGates.Shape shape = new RnnGates.Shape(function, rows);
    CellUpdate scalar = overArrays ? new HeapRnnGates(shape) : new ScalarRnnGates(shape);
    if (Kernels.comparesVectors()) {
      warmup.kernel(VectorRnnGates.class, shape, arena -> cellExercise(rows, arena), scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** A function of one feature, with its constants; see {@link Elementwise.Shape}. */
  public Elementwise elementwise(Elementwise.Function function, float alpha, float beta) {
    Elementwise.Shape shape = new Elementwise.Shape(function, alpha, beta, Kernels.maxLanes());
    Elementwise scalar = new ScalarElementwise(shape);
    if (!Kernels.comparesVectors()) {
      return scalar;
    }
    Replaceable current = new Replaceable();
    warmup.kernel(
        VectorElementwise.class,
        shape,
        arena -> elementwiseExercise(shape, arena),
        scalar,
        kernel -> current.kernel = kernel);
    return current;
  }

  /** An operation on rows; see {@link Arithmetic.Shape}. */
  public Arithmetic arithmetic(Arithmetic.Operation operation, float clip) {
    Arithmetic.Shape shape = new Arithmetic.Shape(operation, clip, Kernels.maxLanes());
    Arithmetic scalar = new ScalarArithmetic(shape);
    if (!Kernels.comparesVectors()) {
      return scalar;
    }
    ReplaceableArithmetic current = new ReplaceableArithmetic();
    warmup.kernel(
        VectorArithmetic.class,
        shape,
        arena -> arithmeticExercise(shape, arena),
        scalar,
        kernel -> current.kernel = kernel);
    return current;
  }

  /** A kernel in whose place another may come. */
  private static final class ReplaceableArithmetic implements Arithmetic {
    private Arithmetic kernel;

    @Override
    public void apply(
        MemorySegment a,
        long aOffset,
        MemorySegment b,
        long bOffset,
        MemorySegment c,
        long cOffset,
        MemorySegment out,
        long outOffset,
        int n) {
      kernel.apply(a, aOffset, b, bOffset, c, cOffset, out, outOffset, n);
    }
  }

  /** The way back through the gates of an LSTM for the rows of a layout. */
  public void lstmGradient(PackedGates layout, Consumer<CellGradient> use) {
    PackedGates rows = new PackedGates(layout.gates(), layout.units(), 1, layout.lanes());
    CellGradient scalar = new ScalarLstmGradient(rows);
    if (Kernels.comparesVectors()) {
      warmup.kernel(
          VectorLstmGradient.class, rows, arena -> gradientExercise(rows, arena), scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** The way back through the gates of a GRU for the rows of a layout. */
  public void gruGradient(PackedGates layout, Consumer<CellGradient> use) {
    PackedGates rows = new PackedGates(layout.gates(), layout.units(), 1, layout.lanes());
    CellGradient scalar = new ScalarGruGradient(rows);
    if (Kernels.comparesVectors()) {
      warmup.kernel(
          VectorGruGradient.class, rows, arena -> gradientExercise(rows, arena), scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** The way back through a plain recurrent cell for the rows of a layout. */
  public void rnnGradient(
      RnnGates.Function function, PackedGates layout, Consumer<CellGradient> use) {
    PackedGates rows = new PackedGates(layout.gates(), layout.units(), 1, layout.lanes());
    RnnGates.Shape shape = new RnnGates.Shape(function, rows);
    CellGradient scalar = new ScalarRnnGradient(shape);
    if (Kernels.comparesVectors()) {
      warmup.kernel(
          VectorRnnGradient.class, shape, arena -> gradientExercise(rows, arena), scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** The gradient of weights. */
  public void weightGradient(Consumer<WeightGradient> use) {
    WeightGradient scalar = new ScalarWeightGradient();
    if (Kernels.vectors()) {
      WeightGradient.Shape shape = new WeightGradient.Shape(Kernels.maxLanes());
      warmup.kernel(
          VectorWeightGradient.class, shape, SessionKernels::weightGradientExercise, scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** Layer normalisation of a row. */
  public void layerNorm(Consumer<LayerNorm> use) {
    LayerNorm scalar = new ScalarLayerNorm();
    if (Kernels.vectors()) {
      LayerNorm.Shape shape = new LayerNorm.Shape(Kernels.maxLanes());
      warmup.kernel(VectorLayerNorm.class, shape, SessionKernels::layerNormExercise, scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** A kernel in whose place another may come. */
  private static final class Replaceable implements Elementwise {
    private Elementwise kernel;

    @Override
    public void apply(MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n) {
      kernel.apply(in, inOffset, out, outOffset, n);
    }
  }

  private boolean usesHeap(PackedGates layout) {
    return overArrays && HeapProduct.fits(layout);
  }

  private static Consumer<MatVec> matVecExercise(PackedMatrix matrix, Arena arena) {
    PackedGates layout = matrix.layout();
    MemorySegment x = floats(arena, layout.inputs());
    MemorySegment out = floats(arena, layout.rowFloats());
    return kernel -> kernel.apply(matrix.weights(), matrix.bias(), x, 0, out, 0, 0, layout.tiles());
  }

  private static Consumer<MatMul> matMulExercise(PackedMatrix matrix, Arena arena) {
    PackedGates layout = matrix.layout();
    long xStride = (long) layout.inputs() * Float.BYTES;
    MemorySegment x = floats(arena, (long) EXERCISE_ROWS * layout.inputs());
    MemorySegment out = floats(arena, (long) EXERCISE_ROWS * layout.rowFloats());
    MemorySegment scratch =
        layout.storage() == WeightStorage.FLOAT32
            ? null
            : floats(arena, MatMul.scratchBytes(layout) / Float.BYTES);
    return kernel ->
        kernel.apply(
            matrix.weights(),
            matrix.bias(),
            scratch,
            x,
            0,
            xStride,
            out,
            0,
            layout.rowBytes(),
            EXERCISE_ROWS,
            0,
            layout.tiles());
  }

  private static Consumer<CellUpdate> cellExercise(PackedGates layout, Arena arena) {
    MemorySegment gates = floats(arena, layout.rowFloats());
    MemorySegment c = floats(arena, layout.rowFloats());
    MemorySegment h = floats(arena, layout.rowFloats());
    return kernel -> kernel.apply(gates, 0, gates, 0, c, 0, h, 0, 0, layout.blocks());
  }

  private static Consumer<CellGradient> gradientExercise(PackedGates layout, Arena arena) {
    MemorySegment gates = floats(arena, layout.rowFloats());
    MemorySegment row = floats(arena, layout.rowFloats());
    return kernel -> kernel.apply(gates, 0, gates, 0, row, 0, row, 0, row, 0, row, 0, row, 0);
  }

  /** All widths of a panel: four vectors, two and one. */
  private static Consumer<WeightGradient> weightGradientExercise(Arena arena) {
    int inputs = 7 * PackedGates.MAX_LANES;
    long stride = (long) inputs * Float.BYTES;
    PackedGates layout = Kernels.layout(1, EXERCISE_ROWS, inputs);
    MemorySegment rows = floats(arena, (long) EXERCISE_ROWS * inputs);
    MemorySegment weights = floats(arena, (long) EXERCISE_ROWS * inputs);
    MemorySegment scratch = floats(arena, WeightGradient.SCRATCH_BYTES / Float.BYTES);
    return kernel ->
        kernel.apply(
            rows,
            0,
            stride,
            rows,
            0,
            stride,
            EXERCISE_ROWS,
            scratch,
            layout,
            weights,
            weights,
            0,
            EXERCISE_ROWS);
  }

  private static Consumer<Elementwise> elementwiseExercise(Elementwise.Shape shape, Arena arena) {
    int n = 4 * shape.lanes() - 1;
    MemorySegment row = floats(arena, n + 1L);
    return kernel -> kernel.apply(row, 0, row, 0, n);
  }

  private static Consumer<Arithmetic> arithmeticExercise(Arithmetic.Shape shape, Arena arena) {
    int n = 4 * shape.lanes() - 1;
    MemorySegment row = floats(arena, n + 1L);
    return kernel -> kernel.apply(row, 0, row, 0, row, 0, row, 0, n);
  }

  private static Consumer<LayerNorm> layerNormExercise(Arena arena) {
    int n = 4 * LayerNorm.PARTIAL_SUMS - 1;
    MemorySegment in = floats(arena, n + 1L);
    MemorySegment out = floats(arena, n + 1L);
    return kernel -> kernel.apply(in, 0, out, 0, in, in, 1, n);
  }

  private static MemorySegment floats(Arena arena, long count) {
    return arena.allocate(count * Float.BYTES, 64);
  }
}

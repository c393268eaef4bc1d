// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The gradient of a weight matrix and of its bias: with the gradient d of its output and its input
 * x, {@code dW[o][i] += sum_r d[r][o] * x[r][i]} and {@code db[o] += sum_r d[r][o]}, over all rows
 * r, which are those of all time steps at once.
 *
 * <p>Rows are summed up in chunks of {@value #CHUNK}, each one chain from zero, and the chunks are
 * added in order: more exact than one chain over thousands of rows. For a bias, a chunk has four
 * chains, of the rows r = 0, 1, 2, 3 modulo 4, which are added as (0 + 1) + (2 + 3): PyTorch's sums
 * have short chains too, and one chain of a chunk can be more than twice as wrong. The order
 * depends on nothing else.
 *
 * <p>{@link VectorWeightGradient} and {@link ScalarWeightGradient} are twins: equal to the bit.
 * Implementations are stateless and may be shared by threads.
 */
public interface WeightGradient {
  /** Rows of a chunk. */
  int CHUNK = 384;

  /** Threads share out so many outputs, or several times as many. */
  int OUTPUTS = PackedGates.MAX_LANES;

  /** Vectors of inputs that are computed together, at most. */
  int PANEL = 4;

  /** Outputs whose gradients are laid out together, a multiple of {@link #OUTPUTS}. */
  int BLOCK = 256;

  /** Bytes of scratch memory that a call needs: a panel, the sums of a tile, a block of outputs. */
  long SCRATCH_BYTES =
      ((CHUNK + 4L) * PANEL * PackedGates.MAX_LANES + (long) CHUNK * BLOCK) * Float.BYTES;

  /** The vectors of a kernel; sizes are its arguments, as compiling one is dear. */
  record Shape(int lanes) {}

  /**
   * Adds to the gradient of some outputs. Offsets and strides are in bytes; rows have room behind
   * their floats for a whole vector.
   *
   * @param d gradients of the output, packed output rows, one for each row of {@code x}
   * @param x inputs
   * @param rows how many
   * @param scratch {@link #SCRATCH_BYTES} of the calling thread
   * @param layout of the matrix
   * @param weights the gradient of the matrix, in PyTorch's order
   * @param bias that of the bias, a packed output row, or {@code null} for no bias
   * @param firstOutput the first output, a multiple of {@link #OUTPUTS}
   * @param endOutput behind the last one; a kernel may go on to such a multiple, for which there is
   *     room in all rows and among them
   */
  void apply(
      MemorySegment d,
      long dOffset,
      long dStride,
      MemorySegment x,
      long xOffset,
      long xStride,
      int rows,
      MemorySegment scratch,
      PackedGates layout,
      MemorySegment weights,
      MemorySegment bias,
      int firstOutput,
      int endOutput);
}

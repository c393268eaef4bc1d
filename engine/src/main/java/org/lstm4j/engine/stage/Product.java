// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.MatMul;
import org.lstm4j.engine.kernel.MatVec;
import org.lstm4j.engine.kernel.PackedMatrix;

/** The products of one packed matrix with rows of a session: its kernels and their scratch. */
final class Product implements Team.Task {
  private final PackedMatrix matrix;
  private final int tiles;
  private final MatVec matVec;
  private final MatMul matMul;
  private final Team team;

  /** For each thread, where the kernel needs it. */
  private final MemorySegment[] scratch;

  // What the parts of a task read.
  private Rows x;
  private Rows out;
  private int rows;

  Product(PackedMatrix matrix, Resources resources, long maxRows) {
    this.matrix = matrix;
    this.tiles = matrix.layout().tiles();
    this.matVec = Kernels.matVec(matrix.layout());
    this.matMul = Kernels.matMul(matrix.layout());
    this.team = resources.team();
    boolean unpacks = matrix.layout().storage() != WeightStorage.FLOAT32 && maxRows > 1;
    this.scratch =
        unpacks
            ? resources.scratch(MatMul.scratchBytes(matrix.layout()))
            : new MemorySegment[team.threads()];
  }

  PackedMatrix matrix() {
    return matrix;
  }

  int tiles() {
    return tiles;
  }

  /** Multiplies the first rows of {@code x} into those of {@code out}, by all threads. */
  void apply(Rows x, Rows out, int rows) {
    this.x = x;
    this.out = out;
    this.rows = rows;
    team.run(this);
  }

  @Override
  public void part(int index, int count) {
    if (rows == 1) {
      tiles(x.data(), 0, out.data(), 0, share(tiles, index, count), share(tiles, index + 1, count));
    } else {
      int first = share(rows, index, count);
      int some = share(rows, index + 1, count) - first;
      if (some > 0) {
        rows(
            x.data(),
            x.offset(first),
            x.stride(),
            out.data(),
            out.offset(first),
            out.stride(),
            some,
            index);
      }
    }
  }

  /** Some tiles of one row. */
  void tiles(
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset,
      int firstTile,
      int endTile) {
    matVec.apply(matrix.weights(), matrix.bias(), x, xOffset, out, outOffset, firstTile, endTile);
  }

  /** Several rows, on the thread with the given index. */
  void rows(
      MemorySegment x,
      long xOffset,
      long xStride,
      MemorySegment out,
      long outOffset,
      long outStride,
      int count,
      int thread) {
    if (count == 1) {
      tiles(x, xOffset, out, outOffset, 0, tiles);
    } else {
      matMul.apply(
          matrix.weights(),
          matrix.bias(),
          scratch[thread],
          x,
          xOffset,
          xStride,
          out,
          outOffset,
          outStride,
          count);
    }
  }

  /** Where the share of a thread begins when {@code n} things are divided evenly. */
  static int share(int n, int index, int count) {
    return (int) ((long) n * index / count);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.engine.kernel.MatMul;
import org.lstm4j.engine.kernel.MatVec;
import org.lstm4j.engine.kernel.PackedMatrix;

/**
 * The products of one packed matrix with rows of a session: its kernels and their scratch.
 *
 * <p>A large matrix is read there and back, in turn: what the last product read last is still in
 * the cache and is read first. So where the weights are somewhat larger than a cache, most of them
 * are found in it, while always going the same way would find none.
 */
public final class Product implements Team.Task {
  /** Bytes of a matrix that may not fit into the second cache beside others. */
  private static final long LARGE = 1 << 18;

  /** Bytes of such a matrix that are read before turning counts, at least. */
  private static final long STRIP = 1 << 16;

  private final PackedMatrix matrix;
  private final int tiles;

  /** Tiles that are read in one go; at least two, which a kernel may read side by side. */
  private final int strip;

  private final Resources resources;

  // Not final: see SessionKernels.
  private MatVec matVec;
  private MatMul matMul;

  /** For each thread, where the kernel needs it. */
  private final MemorySegment[] scratch;

  private boolean backwards;

  // What the parts of a task read.
  private Rows x;
  private long firstRow;
  private Rows out;
  private long firstOutRow;
  private int rows;

  /** Some tiles of one row, by all threads. */
  private final SharedTiles sharedTiles = new SharedTiles();

  /** Lays out the products of a matrix with at most {@code maxRows} rows at a time. */
  public Product(PackedMatrix matrix, Resources resources, long maxRows) {
    this.matrix = matrix;
    this.tiles = matrix.layout().tiles();
    long bytes = matrix.layout().bytes();
    this.strip = bytes < LARGE ? tiles : (int) Math.max(2, STRIP * tiles / bytes);
    this.resources = resources;
    resources.kernels().matVec(matrix, kernel -> matVec = kernel);
    if (maxRows > 1) {
      resources.kernels().matMul(matrix, kernel -> matMul = kernel);
    }
    boolean unpacks = matrix.layout().storage() != WeightStorage.FLOAT32 && maxRows > 1;
    this.scratch =
        unpacks
            ? resources.scratch(MatMul.scratchBytes(matrix.layout()))
            : new MemorySegment[resources.threads()];
  }

  PackedMatrix matrix() {
    return matrix;
  }

  int tiles() {
    return tiles;
  }

  /** Goes the other way from now on. Only the session's thread may say so, between products. */
  void turn() {
    backwards = !backwards;
  }

  /** Whether matrices are read from their end just now. */
  boolean goesBackwards() {
    return backwards;
  }

  /**
   * Multiplies rows, by all threads.
   *
   * @param firstRow the first one of {@code x}; {@code out} is written from its start
   */
  public void apply(Rows x, long firstRow, Rows out, int rows) {
    apply(x, firstRow, out, 0, rows);
  }

  /**
   * Multiplies rows, by all threads.
   *
   * @param firstRow the first one of {@code x}
   * @param firstOutRow the first one of {@code out}
   */
  public void apply(Rows x, long firstRow, Rows out, long firstOutRow, int rows) {
    this.x = x;
    this.firstRow = firstRow;
    this.out = out;
    this.firstOutRow = firstOutRow;
    this.rows = rows;
    turn();
    resources.run(this);
  }

  @Override
  public void part(int index, int count) {
    if (rows == 1) {
      tiles(
          x.data(),
          x.offset(firstRow),
          out.data(),
          out.offset(firstOutRow),
          share(tiles, index, count),
          share(tiles, index + 1, count));
    } else {
      int first = share(rows, index, count);
      int some = share(rows, index + 1, count) - first;
      if (some > 0) {
        rows(
            x.data(),
            x.offset(firstRow + first),
            x.stride(),
            out.data(),
            out.offset(firstOutRow + first),
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
    for (int done = 0; done < endTile - firstTile; done += strip) {
      int size = Math.min(strip, endTile - firstTile - done);
      int first = backwards ? endTile - done - size : firstTile + done;
      matVec.apply(
          matrix.weights(), matrix.bias(), x, xOffset, out, outOffset, first, first + size);
    }
  }

  /** Some tiles of one row, by all threads. */
  void shareTiles(
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset,
      int firstTile,
      int endTile) {
    sharedTiles.x = x;
    sharedTiles.xOffset = xOffset;
    sharedTiles.out = out;
    sharedTiles.outOffset = outOffset;
    sharedTiles.firstTile = firstTile;
    sharedTiles.count = endTile - firstTile;
    resources.run(sharedTiles);
  }

  private final class SharedTiles implements Team.Task {
    private MemorySegment x;
    private long xOffset;
    private MemorySegment out;
    private long outOffset;
    private int firstTile;
    private int count;

    @Override
    public void part(int index, int parts) {
      int first = firstTile + share(count, index, parts);
      tiles(x, xOffset, out, outOffset, first, firstTile + share(count, index + 1, parts));
    }
  }

  /** Several rows, on the thread with the given index. */
  public void rows(
      MemorySegment x,
      long xOffset,
      long xStride,
      MemorySegment out,
      long outOffset,
      long outStride,
      int count,
      int thread) {
    rows(x, xOffset, xStride, out, outOffset, outStride, count, 0, tiles, thread);
  }

  /** Some tiles of several rows, on the thread with the given index. */
  void rows(
      MemorySegment x,
      long xOffset,
      long xStride,
      MemorySegment out,
      long outOffset,
      long outStride,
      int count,
      int firstTile,
      int endTile,
      int thread) {
    if (count == 1) {
      tiles(x, xOffset, out, outOffset, firstTile, endTile);
      return;
    }
    for (int done = 0; done < endTile - firstTile; done += strip) {
      int size = Math.min(strip, endTile - firstTile - done);
      int first = backwards ? endTile - done - size : firstTile + done;
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
          count,
          first,
          first + size);
    }
  }

  /** Where the share of a thread begins when {@code n} things are divided evenly. */
  public static int share(int n, int index, int count) {
    return count == 1 ? n * index : (int) ((long) n * index / count);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The packed layout of a weight matrix, and the one place that knows it.
 *
 * <p>PyTorch stores the weights of a recurrent layer as a matrix of [gates * units, inputs], gate
 * by gate. A step reads every weight once, so here they lie in the order in which a kernel reads
 * them: {@code lanes} neighbouring units form a block, a block has one vector per gate, and eight
 * vectors side by side form a tile, in which all eight weights of an input are next to each other:
 *
 * <pre>
 *   vector v = block * gates + gate              unit = block * lanes + lane
 *   [tile of 8 vectors][input k][vector of the tile][lane]
 * </pre>
 *
 * The vectors left over at the end form narrower tiles of 4, 2 and 1. So a kernel keeps eight
 * accumulators, broadcasts an input once for all of them, and walks memory straight ahead. For an
 * LSTM (four gates) a tile is two blocks; a linear layer has one gate, and a tile is eight blocks.
 * Units past the last one are padded with zero weights, which leave their state at zero.
 *
 * <p>Pre-activations, biases and states use the vector order alone: {@code [v][lane]}, which for
 * one gate is the plain order of the units.
 *
 * <p><b>Summation order.</b> A matrix product is one chain for each output: it starts at zero and
 * adds {@code weight[k] * input[k]} for k = 0, 1, 2, ... in the numeric class of this JVM ({@link
 * NumericClass}). A gate's pre-activation is <em>((b_ih + b_hh) + sum W_ih x) + sum W_hh h</em>,
 * each sum one chain; a linear output is <em>sum W x + b</em>. This depends on nothing but the
 * sizes: not on lanes, tiles, batch, threads, steps or runs.
 *
 * @param gates vectors per block: 4 for an LSTM, 1 for a linear layer or projection
 * @param units outputs of each gate
 * @param inputs columns of the matrix
 * @param lanes floats per vector; a power of two
 */
public record PackedGates(int gates, int units, int inputs, int lanes) {
  /** Vectors per full tile: eight accumulators hide the latency of a multiply-add. */
  static final int TILE = 8;

  /** Blocks of {@code lanes} units, the last one padded. */
  public int blocks() {
    return (units + lanes - 1) / lanes;
  }

  /** Vectors of an output row. */
  public int vectors() {
    return blocks() * gates;
  }

  /** Floats of an output row, padding included. */
  public int rowFloats() {
    return vectors() * lanes;
  }

  /** Bytes of an output row, padding included. */
  public long rowBytes() {
    return (long) rowFloats() * Float.BYTES;
  }

  /** Bytes of the packed matrix, padding included. */
  public long bytes() {
    return rowBytes() * inputs;
  }

  /** The place of a unit's gate in an output row. */
  public int rowIndex(int gate, int unit) {
    return (unit / lanes * gates + gate) * lanes + unit % lanes;
  }

  /** The place of one weight in the packed matrix, in floats. */
  public long index(int gate, int unit, int input) {
    int vector = unit / lanes * gates + gate;
    int tile = tileStart(vector);
    int width = tileWidth(tile);
    return ((long) tile * inputs + (long) input * width + (vector - tile)) * lanes + unit % lanes;
  }

  /** The first vector of the tile that the given vector lies in. */
  private int tileStart(int vector) {
    int tile = vector / TILE * TILE;
    while (tile + tileWidth(tile) <= vector) {
      tile += tileWidth(tile);
    }
    return tile;
  }

  /** The width of the tile that starts at the given vector: 8, or what is left as 4, 2, 1. */
  private int tileWidth(int start) {
    return Math.min(TILE, Integer.highestOneBit(vectors() - start));
  }

  /**
   * Packs a piece of the matrix.
   *
   * @param piece elements in PyTorch's order: row-major over [gates * units, inputs]
   * @param first the position of the piece's first element in the matrix
   * @param packed the packed matrix, zeroed before the first piece
   */
  public void pack(MemorySegment piece, long first, MemorySegment packed) {
    long count = piece.byteSize() / Float.BYTES;
    long done = 0;
    while (done < count) {
      int row = (int) ((first + done) / inputs);
      int column = (int) ((first + done) % inputs);
      int length = (int) Math.min(inputs - column, count - done);
      long target = index(row / units, row % units, column);
      long stride = columnStride(row);
      for (int i = 0; i < length; i++) {
        float weight = piece.getAtIndex(JAVA_FLOAT_UNALIGNED, done + i);
        packed.setAtIndex(JAVA_FLOAT, target + i * stride, weight);
      }
      done += length;
    }
  }

  /** Restores PyTorch's order, bit for bit. */
  public void unpack(MemorySegment packed, MemorySegment matrix) {
    for (int row = 0; row < gates * units; row++) {
      long source = index(row / units, row % units, 0);
      long stride = columnStride(row);
      for (int column = 0; column < inputs; column++) {
        float weight = packed.getAtIndex(JAVA_FLOAT, source + column * stride);
        matrix.setAtIndex(JAVA_FLOAT, (long) row * inputs + column, weight);
      }
    }
  }

  /** Floats between the weights of neighbouring inputs of a PyTorch row. */
  private long columnStride(int row) {
    int vector = row % units / lanes * gates + row / units;
    return (long) tileWidth(tileStart(vector)) * lanes;
  }

  /** Adds a vector of one float per gate and unit, in PyTorch's order, to a row. */
  public void addToRow(MemorySegment values, MemorySegment row) {
    for (int gate = 0; gate < gates; gate++) {
      for (int unit = 0; unit < units; unit++) {
        float value = values.getAtIndex(JAVA_FLOAT_UNALIGNED, (long) gate * units + unit);
        int index = rowIndex(gate, unit);
        row.setAtIndex(JAVA_FLOAT, index, row.getAtIndex(JAVA_FLOAT, index) + value);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lstm4j.engine.WeightStorage;

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
 * LSTM (four gates) a tile is two blocks; a linear layer has one gate, and a tile is eight blocks;
 * of a GRU (three gates), three tiles are eight blocks. Units past the last one are padded with
 * zero weights, which leave their state at zero.
 *
 * <p>Pre-activations, biases and states use the vector order alone: {@code [v][lane]}, which for
 * one gate is the plain order of the units.
 *
 * <p><b>Storage.</b> What stands above is FLOAT32. BFLOAT16 has 32-bit words in place of floats,
 * each with the weights of two neighbouring inputs; an odd last input has a word of its own. The
 * lower half is the bfloat16 nearest to the first weight. The upper half is chosen so that the
 * whole word, as a float, is nearest to the second: as near as a bfloat16 would be, and a kernel
 * need not mask the lower half away, which was a quarter of its instructions.
 *
 * <p>INT8 has 32-bit words too, each with the weights of four neighbouring inputs, the first one in
 * the lowest byte; the last word is padded with zeros. Shifted to the left until its byte is the
 * highest one, the word is the weight, as an integer: the byte, and digits behind the point, which
 * are the bytes of the inputs before it. Each byte is chosen, from the lowest one up, so that this
 * integer is nearest to the weight, and a kernel has no bytes to widen and nothing to mask. Behind
 * the words, from {@link #scalesOffset} on, is one output row of floats: the scales that turn these
 * integers into weights. Both storages are made by {@link #storeRow}, from one row of PyTorch's
 * matrix at a time.
 *
 * <p><b>Summation order.</b> A matrix product is one chain for each output: it starts at the bias
 * and adds {@code weight[k] * input[k]} for k = 0, 1, 2, ... in the numeric class of this JVM
 * ({@link NumericClass}). A gate's pre-activation is <em>((b_ih + b_hh) + sum W_ih x) + (0 + sum
 * W_hh h)</em>, two chains; of a GRU, whose r acts on the second alone, <em>(b_ih + sum W_ih
 * x)</em> and <em>(b_hh + sum W_hh h)</em>; a linear output is <em>b + sum W x</em>. INT8 starts at
 * zero, sums the integers, each rounded to a float, times the inputs, multiplies the sum by the
 * scale and then adds the bias. This depends on nothing but the sizes and the storage: not on
 * lanes, tiles, batch, threads, steps or runs.
 *
 * @param gates vectors per block: 4 for an LSTM, 3 for a GRU, 1 for a plain recurrent layer, a
 *     linear layer or a projection
 * @param units outputs of each gate
 * @param inputs columns of the matrix
 * @param lanes floats per vector; a power of two
 * @param storage how weights are stored
 */
public record PackedGates(int gates, int units, int inputs, int lanes, WeightStorage storage) {
  /** Vectors per full tile: eight accumulators hide the latency of a multiply-add. */
  static final int TILE = 8;

  /** Floats of the widest vectors. */
  public static final int MAX_LANES = 16;

  private static final int INT8_MAX = 127;

  /** The place of an INT8 weight's point: its byte is the highest of a word. */
  private static final double INT8_ONE = 1 << 24;

  private static final long ALIGNMENT = 64;

  /** Two floats; the first one is the lower half. */
  private static final ValueLayout.OfLong PAIR =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long FIRST = 0xffff_ffffL;

  /** A layout of floats. */
  public PackedGates(int gates, int units, int inputs, int lanes) {
    this(gates, units, inputs, lanes, WeightStorage.FLOAT32);
  }

  /** The same matrix stored otherwise. */
  public PackedGates in(WeightStorage other) {
    return new PackedGates(gates, units, inputs, lanes, other);
  }

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

  /** Tiles that threads may share out; the narrower ones at the end count as one. */
  public int tiles() {
    return (vectors() + TILE - 1) / TILE;
  }

  /** Neighbouring tiles that together compute all gates of whole blocks. */
  public int tilesPerGroup() {
    return gates / gcdWithTile();
  }

  /** Blocks that such a group computes all gates of. */
  public int blocksPerGroup() {
    return TILE / gcdWithTile();
  }

  /** A power of two, since a tile is one. */
  private int gcdWithTile() {
    return Math.min(TILE, Integer.lowestOneBit(gates));
  }

  /** The tile in which an output of a matrix of one gate lies. */
  public int tileOf(int unit) {
    return unit / lanes / TILE;
  }

  /** Tiles that compute the first outputs of a matrix of one gate. */
  public int tilesOf(int firstUnits) {
    return Math.ceilDiv(firstUnits, TILE * lanes);
  }

  /** Bytes of the packed matrix, padding and scales included. */
  public long bytes() {
    return switch (storage) {
      case FLOAT32, BFLOAT16 -> rowBytes() * words();
      case INT8 -> scalesOffset() + rowBytes();
    };
  }

  /** Inputs whose weights share a 32-bit word. */
  int inputsPerWord() {
    return Integer.BYTES / storage.bytesPerWeight();
  }

  /** Words that hold the weights of one output. */
  int words() {
    return Math.ceilDiv(inputs, inputsPerWord());
  }

  /** The bits to shift a word to the left by, so that it starts with the weight of an input. */
  int shift(int k) {
    int bits = Integer.SIZE / inputsPerWord();
    return Integer.SIZE - bits * (k % inputsPerWord() + 1);
  }

  /** Where the scales of INT8 start, in bytes. */
  long scalesOffset() {
    return Math.ceilDiv(rowBytes() * words(), ALIGNMENT) * ALIGNMENT;
  }

  /** The place of a unit's gate in an output row. */
  public int rowIndex(int gate, int unit) {
    return vector(gate, unit) * lanes + unit % lanes;
  }

  /** The unit at a place of an output row; past the last one are those that are padding. */
  int unit(int place) {
    return place / lanes / gates * lanes + place % lanes;
  }

  /** The row of PyTorch's matrix at a place of an output row, which is not padding. */
  int matrixRow(int place) {
    return place / lanes % gates * units + unit(place);
  }

  private int vector(int gate, int unit) {
    return unit / lanes * gates + gate;
  }

  /** The place of one weight in the packed FLOAT32 matrix, in floats. */
  public long index(int gate, int unit, int input) {
    int vector = vector(gate, unit);
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
  int tileWidth(int start) {
    return Math.min(TILE, Integer.highestOneBit(vectors() - start));
  }

  /** Where packed weights go. */
  public interface Floats {
    /** Sets one float. */
    void set(long index, float value);
  }

  /**
   * Packs a piece of the matrix.
   *
   * @param piece elements in PyTorch's order: row-major over [gates * units, inputs]
   * @param first the position of the piece's first element in the matrix
   * @param packed takes the packed matrix
   */
  public void pack(MemorySegment piece, long first, Floats packed) {
    float[] values = piece.toArray(JAVA_FLOAT_UNALIGNED);
    int done = 0;
    while (done < values.length) {
      int row = (int) ((first + done) / inputs);
      int column = (int) ((first + done) % inputs);
      int length = Math.min(inputs - column, values.length - done);
      long target = index(row / units, row % units, column);
      long stride = columnStride(row);
      for (int i = 0; i < length; i++) {
        packed.set(target + i * stride, values[done + i]);
      }
      done += length;
    }
  }

  /**
   * Packs some blocks of a whole FLOAT32 matrix, over what was packed before. Done at each step of
   * training, so it goes through the packed matrix straight ahead: a row at a time took four times
   * as long.
   *
   * @param matrix elements in PyTorch's order: row-major over [gates * units, inputs]
   * @param packed takes the packed matrix; padding is left as it is
   */
  public void packAgain(MemorySegment matrix, MemorySegment packed, int firstBlock, int endBlock) {
    for (int block = firstBlock; block < endBlock; block++) {
      int first = block * lanes;
      int count = Math.min(lanes, units - first);
      for (int gate = 0; gate < gates; gate++) {
        long to = index(gate, first, 0) * Float.BYTES;
        long stride = (long) columnStride(gate * units + first) * Float.BYTES;
        long from = ((long) gate * units + first) * inputs * Float.BYTES;
        packVector(matrix, from, packed, to, stride, count);
      }
    }
  }

  /** Two inputs of two units at a time, as pairs of floats: half the time of single ones. */
  private void packVector(
      MemorySegment matrix, long from, MemorySegment packed, long to, long stride, int count) {
    long rowBytes = (long) inputs * Float.BYTES;
    int pairs = inputs & -2;
    for (int k = 0; k < pairs; k += 2) {
      for (int lane = 0; lane < (count & -2); lane += 2) {
        long at = from + lane * rowBytes + (long) k * Float.BYTES;
        long one = matrix.get(PAIR, at);
        long two = matrix.get(PAIR, at + rowBytes);
        long place = to + k * stride + (long) lane * Float.BYTES;
        packed.set(PAIR, place, (one & FIRST) | (two << Integer.SIZE));
        packed.set(PAIR, place + stride, (one >>> Integer.SIZE) | (two & ~FIRST));
      }
    }
    for (int lane = count & -2; lane < count; lane++) {
      packUnit(matrix, from + lane * rowBytes, packed, to + (long) lane * Float.BYTES, stride, 0);
    }
    for (int lane = 0; lane < count; lane++) {
      long row = from + lane * rowBytes;
      packUnit(matrix, row, packed, to + (long) lane * Float.BYTES, stride, pairs);
    }
  }

  private void packUnit(
      MemorySegment matrix, long from, MemorySegment packed, long to, long stride, int firstInput) {
    for (int k = firstInput; k < inputs; k++) {
      float weight = matrix.get(JAVA_FLOAT, from + (long) k * Float.BYTES);
      packed.set(JAVA_FLOAT, to + k * stride, weight);
    }
  }

  /**
   * Stores a FLOAT32 matrix in the storage of this layout.
   *
   * @param floats the matrix, packed as {@code in(FLOAT32)}
   * @param stored receives it, zeroed before
   */
  public void store(MemorySegment floats, MemorySegment stored) {
    PackedGates source = in(WeightStorage.FLOAT32);
    float[] weights = new float[inputs];
    for (int row = 0; row < gates * units; row++) {
      source.loadRow(floats, row, weights);
      storeRow(weights, row, stored);
    }
  }

  /**
   * Stores one row of PyTorch's matrix.
   *
   * @param weights the elements of the row
   * @param row which of [gates * units]
   * @param stored takes the packed matrix, zeroed before
   */
  public void storeRow(float[] weights, int row, MemorySegment stored) {
    Place place = place(row);
    long stride = place.stride;
    switch (storage) {
      case FLOAT32 -> {
        long from = place.tile * inputs + place.column;
        for (int k = 0; k < inputs; k++) {
          stored.setAtIndex(JAVA_FLOAT, from + k * stride, weights[k]);
        }
      }
      case BFLOAT16 -> {
        long from = place.tile * words() + place.column;
        for (int k = 0; k < inputs; k += 2) {
          int lower = bfloat16(weights[k]);
          int upper = k + 1 < inputs ? upperHalf(weights[k + 1], lower) : 0;
          stored.setAtIndex(JAVA_INT, from + k / 2 * stride, upper | lower);
        }
      }
      case INT8 -> {
        long from = place.tile * words() + place.column;
        float max = 0;
        for (float weight : weights) {
          max = Math.max(max, Math.abs(weight));
        }
        float scale = (float) (max / (INT8_MAX * INT8_ONE));
        for (int k = 0; k < inputs; k++) {
          long at = from + k / 4 * stride;
          int lower = stored.getAtIndex(JAVA_INT, at) << shift(k);
          int chosen = int8(weights[k], scale, lower);
          stored.setAtIndex(JAVA_INT, at, (lower | chosen) >>> shift(k));
        }
        stored.set(JAVA_FLOAT, scaleOffset(row), scale);
      }
    }
  }

  /** The weights of one row of PyTorch's matrix as they are stored. */
  private void loadRow(MemorySegment stored, int row, float[] weights) {
    Place place = place(row);
    for (int k = 0; k < inputs; k++) {
      weights[k] = weight(stored, place.tile, place.stride, place.column, k);
    }
    if (storage == WeightStorage.INT8) {
      float scale = stored.get(JAVA_FLOAT, scaleOffset(row));
      for (int k = 0; k < inputs; k++) {
        weights[k] *= scale;
      }
    }
  }

  /**
   * Where the weights of one row of PyTorch's matrix lie.
   *
   * @param tile floats of an output row before the tile
   * @param stride floats from one input to the next
   * @param column the place in the tile
   */
  private record Place(long tile, long stride, long column) {}

  private Place place(int row) {
    int vector = vector(row / units, row % units);
    int tile = tileStart(vector);
    long column = (long) (vector - tile) * lanes + row % units % lanes;
    return new Place((long) tile * lanes, (long) tileWidth(tile) * lanes, column);
  }

  private long scaleOffset(int row) {
    return scalesOffset() + (long) rowIndex(row / units, row % units) * Float.BYTES;
  }

  /** The upper half of a float, rounded to nearest, ties to even; NaN stays NaN. */
  static int bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (bits >>> 16) | (1 << 6);
    }
    return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }

  /**
   * The upper half of the float nearest to a value among those with a given lower half. Zero
   * becomes the smallest normal number, because subnormal ones are slow, unless both halves are
   * zero.
   */
  static int upperHalf(float value, int lower) {
    int bits = Float.floatToRawIntBits(value);
    if (!Float.isFinite(value) || (value == 0 && lower == 0)) {
      return bits & 0xffff0000;
    }
    int magnitude = ((bits & Integer.MAX_VALUE) - lower + 0x8000) >> 16;
    int above = (bits & Integer.MIN_VALUE) | (Math.clamp(magnitude, 0x0080, 0x7f7f) << 16);
    int below = (bits & Integer.MIN_VALUE) | (Math.clamp(magnitude - 1, 0x0080, 0x7f7f) << 16);
    // Above a power of two, floats are twice as far apart, and the one below may be nearer.
    return distance(value, below | lower) < distance(value, above | lower) ? below : above;
  }

  private static double distance(float value, int bits) {
    return Math.abs((double) value - Float.intBitsToFloat(bits));
  }

  /**
   * The highest byte of the word that, times a scale, is nearest to a value among those with the
   * given lower bytes. A row with a weight that is not finite has a scale that is not finite
   * either, and so gives outputs that are not. Below 2^-95 the scale is subnormal and coarse, and
   * the bytes stay in their range.
   */
  static int int8(float value, float scale, int lower) {
    if (scale == 0) {
      return 0;
    }
    double target = (value / (double) scale - lower) / INT8_ONE;
    return Math.clamp((long) Math.rint(target), -INT8_MAX - 1, INT8_MAX) << 24;
  }

  /** The weight of an input and output of a tile, as a float, without its scale. */
  float weight(MemorySegment stored, long tile, long stride, long column, int k) {
    long at = tile * words() + column + k / inputsPerWord() * stride;
    int bits = stored.getAtIndex(JAVA_INT, at) << shift(k);
    return storage == WeightStorage.INT8 ? (float) bits : Float.intBitsToFloat(bits);
  }

  /**
   * Restores PyTorch's order: from FLOAT32 bit for bit, else the values that are stored.
   *
   * @param stored the packed matrix
   * @param matrix receives floats, row-major over [gates * units, inputs]
   */
  public void unpack(MemorySegment stored, MemorySegment matrix) {
    float[] weights = new float[inputs];
    for (int row = 0; row < gates * units; row++) {
      loadRow(stored, row, weights);
      MemorySegment.copy(weights, 0, matrix, JAVA_FLOAT, (long) row * inputs * Float.BYTES, inputs);
    }
  }

  /**
   * Stores the FLOAT32 weights of one input of a matrix of one gate: of a transposed matrix, a row.
   *
   * @param values the weights of all outputs, one behind the other
   * @param offset where they start, in bytes
   * @param input which input
   * @param stored takes the packed matrix
   */
  public void storeInput(MemorySegment values, long offset, int input, MemorySegment stored) {
    int width;
    for (int tile = 0; tile < vectors(); tile += width) {
      width = tileWidth(tile);
      int first = tile * lanes;
      int count = Math.min(width * lanes, units - first);
      long to = ((long) tile * inputs + (long) input * width) * lanes;
      MemorySegment.copy(
          values,
          offset + (long) first * Float.BYTES,
          stored,
          to * Float.BYTES,
          (long) count * Float.BYTES);
    }
  }

  /** Floats between the weights of neighbouring inputs of a PyTorch row. */
  private int columnStride(int row) {
    return tileWidth(tileStart(vector(row / units, row % units))) * lanes;
  }

  /** Adds a vector of one float per gate and unit, in PyTorch's order, to a row. */
  public void addToRow(MemorySegment values, MemorySegment row) {
    // Over arrays: the interpreter, which this runs in, is slow with segments.
    float[] from = values.toArray(JAVA_FLOAT_UNALIGNED);
    float[] sums = row.toArray(JAVA_FLOAT);
    for (int gate = 0; gate < gates; gate++) {
      for (int unit = 0; unit < units; unit++) {
        sums[rowIndex(gate, unit)] += from[gate * units + unit];
      }
    }
    row.copyFrom(MemorySegment.ofArray(sums));
  }
}

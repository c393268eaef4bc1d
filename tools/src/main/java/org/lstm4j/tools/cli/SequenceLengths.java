// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Arrays;
import java.util.Optional;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.ElementType;
import org.lstm4j.tools.data.NdArray;

/**
 * How many time steps each sequence of a batch has, where they differ: the array {@code lengths},
 * [batch], as PyTorch's {@code pack_padded_sequence} takes it, in any order.
 */
final class SequenceLengths {
  /** The key of the array, and the name of the option. */
  static final String KEY = "lengths";

  private SequenceLengths() {}

  /**
   * Reads the lengths that an input holds.
   *
   * @throws ModelFormatException if there is not one for each batch row, from 1 to the time steps
   */
  static Optional<int[]> of(NamedArrays input, SequenceShape shape) throws ModelFormatException {
    if (input.find(KEY).isEmpty()) {
      return Optional.empty();
    }
    NdArray array = input.arrays().get(KEY);
    requireWholeNumbers(input, array);
    requireOneForEachRow(input, array, shape);
    // As doubles, which hold every length there can be and tell all others from them.
    double[] values = array.doubles();
    int[] lengths = new int[values.length];
    for (int row = 0; row < lengths.length; row++) {
      lengths[row] = (int) values[row];
      if (values[row] < 1 || values[row] > shape.steps()) {
        throw input.fault(
            KEY,
            "holds %d for batch row %d, but it must be from 1 to %d, the time steps there are",
            (long) values[row],
            row,
            shape.steps());
      }
    }
    return Optional.of(lengths);
  }

  private static void requireWholeNumbers(NamedArrays input, NdArray array)
      throws ModelFormatException {
    if (!array.type().isInteger() || array.type() == ElementType.BOOL) {
      throw input.fault(
          KEY,
          "holds %s where whole numbers are needed; store it with astype('int64')",
          array.type());
    }
  }

  private static void requireOneForEachRow(NamedArrays input, NdArray array, SequenceShape shape)
      throws ModelFormatException {
    if (!shape.batched()) {
      throw input.fault(
          KEY, "is for a batch of sequences, and this input has no batch axis; shorten it instead");
    }
    if (array.rank() != 1 || array.size() != shape.batch()) {
      throw input.fault(
          KEY,
          "has the shape %s where [%d] is expected, one length for each batch row",
          Arrays.toString(array.shape()),
          shape.batch());
    }
  }

  /**
   * A copy of an output in which everything beyond a length is zero. An output without a time axis
   * stays as it is.
   */
  static NdArray zeroBeyond(int[] lengths, NdArray out, SequenceShape shape) {
    if (!shape.outputHasTime()) {
      return out;
    }
    double[] values = out.doubles();
    for (int row = 0; row < shape.batch(); row++) {
      for (int t = lengths[row]; t < shape.steps(); t++) {
        int from = shape.outputRow(t, row) * shape.network().outputSize();
        Arrays.fill(values, from, from + shape.network().outputSize(), 0);
      }
    }
    return NdArray.of(values, out.shape());
  }
}

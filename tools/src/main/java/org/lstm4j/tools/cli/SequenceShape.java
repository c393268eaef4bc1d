// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.format.ModelFormatException;

/**
 * How the axes of an input are read, and which axes the results have: PyTorch's conventions for
 * sequences with and without a batch axis, with the time step or the batch first.
 *
 * @param network whose axes they are
 * @param batched whether there is a batch axis
 * @param steps time steps to run, at least 1
 * @param batch batch rows, 1 without a batch axis
 */
public record SequenceShape(Network network, boolean batched, int steps, int batch) {
  /**
   * Reads the shape of an input.
   *
   * @param steps time steps of a one-to-many network; where empty, those it was made for
   * @throws ModelFormatException if the network cannot take an input of this shape
   */
  static SequenceShape of(Network network, NamedArrays input, String key, OptionalInt steps)
      throws ModelFormatException {
    long[] shape = input.arrays().get(key).shape();
    boolean batched = shape.length == axes(network, true).size();
    boolean known = batched || shape.length == axes(network, false).size();
    if (!known || !hasFeatures(network, shape)) {
      throw input.fault(
          key,
          "has the shape %s where %s is expected, or without a batch %s",
          Arrays.toString(shape),
          axes(network, true),
          axes(network, false));
    }
    if (Arrays.stream(shape).anyMatch(length -> length == 0)) {
      throw input.fault(
          key, "has the shape %s and so holds nothing to run", Arrays.toString(shape));
    }
    int length =
        network
            .oneToMany()
            .map(OneToMany::steps)
            .map(steps::orElse)
            .orElseGet(() -> (int) shape[batched && network.batchFirst() ? 1 : 0]);
    return new SequenceShape(network, batched, length, batched ? batchRows(network, shape) : 1);
  }

  /** What the axes of an input are called, the number of features by its value. */
  private static List<String> axes(Network network, boolean batched) {
    List<String> axes = new ArrayList<>();
    if (network.oneToMany().isEmpty()) {
      axes.add("time step");
    }
    if (batched) {
      axes.add(network.batchFirst() ? 0 : axes.size(), "batch");
    }
    if (!network.takesTokens()) {
      axes.add(Integer.toString(network.inputSize()));
    }
    return axes;
  }

  private static boolean hasFeatures(Network network, long[] shape) {
    return network.takesTokens() || shape[shape.length - 1] == network.inputSize();
  }

  private static int batchRows(Network network, long[] shape) {
    boolean behindTime = network.oneToMany().isEmpty() && !network.batchFirst();
    return (int) shape[behindTime ? 1 : 0];
  }

  /** The shape of the output. */
  public long[] output() {
    LongStream.Builder axes = LongStream.builder();
    boolean timeAxis = outputHasTime();
    if (timeAxis && !(batched && network.batchFirst())) {
      axes.add(steps);
    }
    if (batched) {
      axes.add(batch);
    }
    if (timeAxis && batched && network.batchFirst()) {
      axes.add(steps);
    }
    return axes.add(network.outputSize()).build().toArray();
  }

  /** Whether the output has a time axis. */
  boolean outputHasTime() {
    return network.readout().isEmpty();
  }

  /** The place of a time step of a batch row among the rows of an output that has a time axis. */
  int outputRow(int step, int batchRow) {
    return network.batchFirst() ? batchRow * steps + step : step * batch + batchRow;
  }

  /** The shape of a state, given with its batch axis, which is the last but one. */
  long[] state(long[] shape) {
    int batchAxis = shape.length - 2;
    return batched
        ? shape
        : LongStream.range(0, shape.length)
            .filter(axis -> axis != batchAxis)
            .map(axis -> shape[(int) axis])
            .toArray();
  }
}

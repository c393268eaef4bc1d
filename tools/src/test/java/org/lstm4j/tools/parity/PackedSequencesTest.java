// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.cli.SequenceRunner;
import org.lstm4j.tools.data.NdArray;

/**
 * What {@code verify} leaves out of a batch of sequences of different lengths: beyond a length the
 * output is zero, as PyTorch's {@code pad_packed_sequence} has it.
 */
@Tag("numeric")
class PackedSequencesTest {
  @TempDir private Path folder;

  /** Those whose output has a time axis. */
  static Stream<Golden> goldens() {
    return Golden.lengths()
        .filter(golden -> !golden.options().contains("--read") || golden.options().contains("all"));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void outputsAreZeroBeyondALengthAndNotBefore(Golden golden) throws IOException {
    try (Network network = golden.open(folder)) {
      NamedArrays arrays = golden.read();
      NdArray out =
          new SequenceRunner(network).run(arrays, OptionalInt.empty()).arrays().get("out");
      NdArray reference = arrays.arrays().get("out");
      assertArrayEquals(reference.shape(), out.shape());
      boolean[] padding = padding(network, arrays);
      float[] values = out.floats();
      double[] expected = reference.doubles();
      for (int i = 0; i < values.length; i++) {
        if (padding[i / network.outputSize()]) {
          assertEquals(0.0, expected[i], "the reference's element " + i);
          assertEquals(0f, values[i], "element " + i);
        } else {
          assertEquals(expected[i] == 0, values[i] == 0, "element " + i);
        }
      }
    }
  }

  /** For each row of the output, whether it lies beyond its sequence's length. */
  private static boolean[] padding(Network network, NamedArrays arrays) throws IOException {
    int[] lengths = arrays.arrays().get("lengths").ints();
    int batch = lengths.length;
    int steps = (int) arrays.arrays().get("out").shape()[network.batchFirst() ? 1 : 0];
    boolean[] padding = new boolean[batch * steps];
    for (int row = 0; row < batch; row++) {
      for (int t = lengths[row]; t < steps; t++) {
        padding[network.batchFirst() ? row * steps + t : t * batch + row] = true;
      }
    }
    return padding;
  }
}

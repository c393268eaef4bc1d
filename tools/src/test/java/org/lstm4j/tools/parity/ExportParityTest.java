// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.State;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ImportOptions;

/** A network that is exported for PyTorch and imported again is the same, to the bit. */
class ExportParityTest {
  @TempDir private Path folder;

  /** Those that PyTorch has written, so that it has modules for all of them. */
  static Stream<Golden> goldens() {
    return Stream.of(
            Golden.all(),
            Golden.modules(),
            Golden.lengths(),
            Golden.in("/goldens/gradients/gradients.json"),
            Golden.in("/goldens/formats/formats.json")
                .filter(golden -> golden.name().startsWith("exported")))
        .flatMap(goldens -> goldens);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void anExportedNetworkIsImportedAsItWas(Golden golden) throws IOException {
    Path exported = folder.resolve("state.safetensors");
    try (Network network = golden.importNetwork(folder)) {
      Checkpoints.export(network, exported);
      try (Network again = Checkpoints.importNetwork(exported, ImportOptions.none()).network()) {
        assertEquals(network.layers(), again.layers());
        assertEquals(network.batchFirst(), again.batchFirst());
        for (Parameter parameter : network.parameters()) {
          assertArrayEquals(bits(network, parameter), bits(again, parameter), parameter.name());
        }
        assertEquals(network.initialState().isPresent(), again.initialState().isPresent());
        assertSameState(State.initial(network, 1), State.initial(again, 1));
      }
    }
  }

  private static int[] bits(Network network, Parameter parameter) {
    return bits(network.parameter(parameter.name()).toArray());
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static void assertSameState(State expected, State found) {
    List<String> layers = expected.layers();
    assertEquals(layers, found.layers());
    for (String layer : layers) {
      assertArrayEquals(bits(expected.h(layer)), bits(found.h(layer)), layer);
      if (expected.hasCellState(layer)) {
        assertArrayEquals(bits(expected.c(layer)), bits(found.c(layer)), layer);
      }
    }
  }
}

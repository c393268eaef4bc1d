// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training.programs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lstm4j.engine.Network;

/** The programs at small size; their mains run them at full size. */
class ProgramsTest {
  @Test
  void anLstmLearnsToAddEveryPairOfNumbers() {
    BinaryAddition.Result result = new BinaryAddition(1).lstm(20_000);

    assertEquals(BinaryAddition.SUMS, result.correct(), result.toString());
  }

  @Test
  void aSigmoidRnnBeginsToAdd() {
    BinaryAddition.Result early = new BinaryAddition(1).rnn(1_000);
    BinaryAddition.Result later = new BinaryAddition(1).rnn(20_000);

    assertTrue(later.loss() < 0.7 * early.loss(), early + ", " + later);
  }

  @Test
  void anLstmRecallsASymbolThatAnRnnHasForgotten() {
    SymbolRecall program = new SymbolRecall(50, 1);
    try (Network lstm = program.lstm();
        Network rnn = program.rnn()) {
      assertEquals(1, program.train(lstm, 600).recalled());
      assertTrue(program.train(rnn, 100).recalled() < 0.5);
    }
  }

  @Test
  void aShortMemoryIsEnoughForAShortWay() {
    SymbolRecall program = new SymbolRecall(3, 1);
    try (Network rnn = program.rnn()) {
      assertEquals(1, program.train(rnn, 600).recalled());
    }
  }

  @Test
  void aSineIsForecast() {
    SineForecast.Result result = new SineForecast(1).train(400, 0);

    assertEquals(400, result.epochs());
    assertTrue(result.firstLoss() > 0.3, result.toString());
    assertTrue(result.loss() < 0.3 * result.firstLoss(), result.toString());
    assertTrue(result.validationLoss() < 0.3 * result.firstLoss(), result.toString());
  }

  @Test
  void trainingStopsAtTheGoal() {
    SineForecast.Result result = new SineForecast(1).train(1_000, 0.3);

    assertTrue(result.epochs() < 1_000 && result.loss() <= 0.3, result.toString());
  }

  @Test
  void aSeedGivesTheSameRunAgain() {
    assertArrayEquals(
        new SineForecast(4).train(20, 0).forecasts(), new SineForecast(4).train(20, 0).forecasts());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.tools.training.Windows;

class TextWindowsTest {
  private static final int BATCH = 3;
  private static final int STEPS = 4;

  private static int[] counting(int tokens) {
    return IntStream.range(0, tokens).toArray();
  }

  /** The first token of each batch row, as the only place that a window shows: its target's. */
  private static List<Integer> starts(TextWindows windows, long epoch) {
    int count = windows.begin(epoch);
    List<Integer> starts = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      for (int row = 0; row < BATCH; row++) {
        starts.add(windows.start(index, row));
      }
    }
    return starts;
  }

  @Test
  void inOrderEachRowReadsItsOwnPartFromBeginningToEnd() {
    TextWindows windows = TextWindows.inOrder(counting(28), BATCH, STEPS);

    assertEquals(List.of(0, 9, 18, 4, 13, 22), starts(windows, 0));
    assertEquals(starts(windows, 0), starts(windows, 5));
    assertTrue(windows.beginsSequences(0));
    assertFalse(windows.beginsSequences(1));
  }

  @Test
  void sequentialEpochsBeginUpToAWindowIntoTheText() {
    TextWindows windows = TextWindows.sequential(counting(60), BATCH, STEPS, 7);
    Set<Integer> offsets = new HashSet<>();
    for (long epoch = 0; epoch < 100; epoch++) {
      List<Integer> starts = starts(windows, epoch);
      offsets.add(starts.getFirst());
      int last = starts.stream().mapToInt(Integer::intValue).max().orElseThrow();
      assertTrue(last + STEPS < 60, "a target at " + (last + STEPS));
    }
    assertEquals(Set.of(0, 1, 2, 3, 4), offsets);
  }

  @Test
  void randomEpochsTakeEachWindowOnceInAnotherOrder() {
    TextWindows windows = TextWindows.random(counting(100), BATCH, STEPS, 7);
    Set<List<Integer>> orders = new HashSet<>();
    for (long epoch = 0; epoch < 20; epoch++) {
      List<Integer> starts = starts(windows, epoch);
      orders.add(starts);
      assertEquals(starts.size(), Set.copyOf(starts).size());
      assertTrue(starts.stream().allMatch(start -> start + STEPS < 100));
    }
    assertEquals(20, orders.size());
    assertTrue(windows.beginsSequences(1));
  }

  @Test
  void anEpochIsTheSameWhateverWentBefore() {
    TextWindows one = TextWindows.random(counting(100), BATCH, STEPS, 7);
    TextWindows other = TextWindows.random(counting(100), BATCH, STEPS, 7);
    starts(one, 3);
    starts(one, 1);

    assertEquals(starts(other, 9), starts(one, 9));
  }

  @Test
  void theFewestTokensMakeAWindowInEveryEpoch() {
    int fewest = (int) TextWindows.minimumTokens(BATCH, STEPS);
    for (long epoch = 0; epoch < 50; epoch++) {
      assertTrue(TextWindows.sequential(counting(fewest), BATCH, STEPS, 1).begin(epoch) >= 1);
      assertTrue(TextWindows.random(counting(fewest), BATCH, STEPS, 1).begin(epoch) >= 1);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> TextWindows.inOrder(counting(fewest - 1), BATCH, STEPS));
  }

  @Test
  void theTargetOfATokenIsTheTokenThatFollows() {
    int classes = 30;
    Layer layer = new Layer.Embedding("next", classes, classes);
    float[] scores = new float[classes * classes];
    for (int token = 0; token < classes - 1; token++) {
      scores[token * classes + token + 1] = 50;
    }
    Windows windows = TextWindows.random(counting(classes), BATCH, STEPS, 1);
    windows.begin(0);
    try (Network network =
            Network.builder()
                .add(layer)
                .build(
                    WeightSource.of(
                        java.util.Map.of("next.weight", Tensor.of(scores, classes, classes))));
        Trainer trainer =
            new Trainer(
                network,
                Loss.crossEntropy(),
                Optimizer.sgd(0),
                TrainerOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS))) {
      assertArrayEquals(
          new double[] {0, 0},
          IntStream.range(0, 2)
              .mapToDouble(i -> trainer.evaluate(windows.window(i)).loss())
              .toArray(),
          1e-6);
    }
  }
}

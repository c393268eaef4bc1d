// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.engine.training.Update;

/** Where a run is and what it has come to, as far as the trainer does not know it. */
final class RunPosition {
  private static final String EPOCH = "run.epoch";
  private static final String WINDOW = "run.window";
  private static final String ELEMENTS = "run.elements";
  private static final String LOSS = "run.loss";
  private static final String SECONDS = "run.seconds";
  private static final String HISTORY = "run.history";
  private static final int COLUMNS = 5;

  private final List<EpochResult> history = new ArrayList<>();
  private long epoch;
  private int window;
  private long elements;
  private double loss;
  private double seconds;

  static RunPosition start() {
    return new RunPosition();
  }

  /**
   * Where the run was that gave a state.
   *
   * @throws IllegalArgumentException if it is not that of a run
   */
  static RunPosition of(TrainingState state) {
    RunPosition position = new RunPosition();
    position.epoch = present(state.counters(), EPOCH);
    position.window = Math.toIntExact(present(state.counters(), WINDOW));
    position.elements = present(state.counters(), ELEMENTS);
    position.loss = present(state.values(), LOSS);
    position.seconds = present(state.values(), SECONDS);
    if (position.epoch > 0) {
      position.readHistory(present(state.tensors(), HISTORY));
    }
    return position;
  }

  private static <T> T present(Map<String, T> entries, String name) {
    T value = entries.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "the training state has no %s: it belongs to another training".formatted(name));
    }
    return value;
  }

  private void readHistory(Tensor rows) {
    float[] numbers = rows.toArray();
    if (numbers.length != epoch * COLUMNS) {
      throw new IllegalArgumentException(
          "the training state has a history %s of %d epochs".formatted(rows, epoch));
    }
    for (int i = 0; i < numbers.length; i += COLUMNS) {
      history.add(
          new EpochResult(
              i / COLUMNS + 1L,
              numbers[i],
              numbers[i + 1],
              numbers[i + 2],
              numbers[i + 3],
              numbers[i + 4]));
    }
  }

  /** A trainer's state and this position. */
  TrainingState addTo(TrainingState state) {
    Map<String, Long> counters = new LinkedHashMap<>(state.counters());
    counters.put(EPOCH, epoch);
    counters.put(WINDOW, (long) window);
    counters.put(ELEMENTS, elements);
    Map<String, Double> values = new LinkedHashMap<>(state.values());
    values.put(LOSS, loss);
    values.put(SECONDS, seconds);
    Map<String, Tensor> tensors = new LinkedHashMap<>(state.tensors());
    if (!history.isEmpty()) {
      tensors.put(HISTORY, Tensor.of(historyRows(), history.size(), COLUMNS));
    }
    return new TrainingState(tensors, counters, values);
  }

  private float[] historyRows() {
    float[] rows = new float[history.size() * COLUMNS];
    int i = 0;
    for (EpochResult result : history) {
      rows[i++] = result.loss();
      rows[i++] = result.validationLoss();
      rows[i++] = result.learningRate();
      rows[i++] = result.elements();
      rows[i++] = result.seconds();
    }
    return rows;
  }

  void learnt(Update update, double took) {
    window++;
    elements += update.counted();
    loss += update.loss() * (double) update.counted();
    seconds += took;
  }

  EpochResult result(double validationLoss, double learningRate) {
    return new EpochResult(
        epoch + 1,
        (float) meanLoss(),
        (float) validationLoss,
        (float) learningRate,
        (float) elements,
        (float) seconds);
  }

  void endEpoch(EpochResult result) {
    history.add(result);
    epoch++;
    window = 0;
    elements = 0;
    loss = 0;
    seconds = 0;
  }

  RunProgress progress(int windows) {
    return new RunProgress(
        epoch, window, windows, meanLoss(), (double) elements / Math.max(seconds, 1e-9));
  }

  private double meanLoss() {
    return loss / (double) Math.max(elements, 1);
  }

  /** Epochs since the one with the lowest loss. */
  long epochsSinceBest() {
    int best = -1;
    for (int i = 0; i < history.size(); i++) {
      float decisive = history.get(i).decisiveLoss();
      if (best < 0 || decisive < history.get(best).decisiveLoss()) {
        best = i;
      }
    }
    return history.size() - 1L - best;
  }

  long epoch() {
    return epoch;
  }

  int window() {
    return window;
  }

  List<EpochResult> history() {
    return Collections.unmodifiableList(history);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.training.DivergedException;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.engine.training.Update;

/**
 * A training from its first epoch to its last, with a checkpoint every now and then.
 *
 * <p>Wherever a run is interrupted, another one that is {@linkplain #resume resumed} from its last
 * checkpoint ends with the same weights to the bit. A run belongs to one thread.
 */
public final class TrainingRun {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Trainer trainer;
  private final Windows training;
  private final Windows validation;
  private final RunOptions options;
  private final CheckpointFiles checkpoints;
  private final RunListener listener;
  private RunPosition position = RunPosition.start();
  private long lastCheckpoint;
  private long epochOfCheckpoint;
  private boolean saved = true;

  /**
   * A run that has not begun.
   *
   * @param trainer what learns; stays the caller's
   * @param training what it learns from
   * @param validation what it is judged by after each epoch; {@code null} for nothing
   * @param options when to stop, when to save
   * @param checkpoints where to save
   * @param listener is told how far the run is
   */
  public TrainingRun(
      Trainer trainer,
      Windows training,
      Windows validation,
      RunOptions options,
      CheckpointFiles checkpoints,
      RunListener listener) {
    this.trainer = trainer;
    this.training = training;
    this.validation = validation;
    this.options = options;
    this.checkpoints = checkpoints;
    this.listener = listener;
  }

  /**
   * Goes on from a checkpoint, whose network the trainer was made from.
   *
   * @param state of that checkpoint
   * @throws IllegalArgumentException if it is not that of such a run
   */
  public void resume(TrainingState state) {
    RunPosition there = RunPosition.of(state);
    trainer.restore(state);
    position = there;
    epochOfCheckpoint = there.epoch();
  }

  /**
   * Learns until there is a reason to end, and saves.
   *
   * @param interrupted is asked before each window; to end early, be true
   * @return why the run ended
   * @throws IOException if a checkpoint cannot be written
   * @throws IllegalStateException if the loss diverges, with a sentence; the last checkpoint stays
   */
  public Ending run(BooleanSupplier interrupted) throws IOException {
    lastCheckpoint = System.nanoTime();
    Ending ending = ending();
    while (ending == null) {
      if (!finishEpoch(interrupted)) {
        save();
        return Ending.INTERRUPTED;
      }
      ending = ending();
    }
    save();
    return ending;
  }

  /** {@return what the epochs so far came to, those before an interruption included} */
  public List<EpochResult> history() {
    return position.history();
  }

  private Ending ending() {
    List<EpochResult> history = position.history();
    if (!history.isEmpty() && history.getLast().decisiveLoss() <= options.lossGoal()) {
      return Ending.GOAL_REACHED;
    }
    if (options.patience() > 0 && position.epochsSinceBest() >= options.patience()) {
      return Ending.NO_LONGER_BETTER;
    }
    return position.epoch() >= options.epochs() ? Ending.EPOCHS_DONE : null;
  }

  /** Whether the epoch could be finished. */
  private boolean finishEpoch(BooleanSupplier interrupted) throws IOException {
    int windows = training.begin(position.epoch());
    if (windows < 1) {
      throw new IllegalArgumentException("an epoch has no windows: there is too little data");
    }
    while (position.window() < windows) {
      if (interrupted.getAsBoolean()) {
        return false;
      }
      learn(windows);
      saveIfDue();
    }
    double validationLoss = validation == null ? Double.NaN : validationLoss();
    EpochResult result = position.result(validationLoss, trainer.learningRate());
    trainer.endEpoch(result.decisiveLoss());
    position.endEpoch(result);
    saved = false;
    listener.epochEnded(result);
    saveIfDue();
    return true;
  }

  private void learn(int windows) {
    int index = position.window();
    if (index == 0 || training.beginsSequences(index)) {
      trainer.resetState();
    }
    long start = System.nanoTime();
    Update update;
    try {
      update = trainer.learn(training.window(index));
    } catch (DivergedException e) {
      throw new IllegalStateException(
          "training stopped in epoch %d, window %d: %s; %s"
              .formatted(position.epoch() + 1, index + 1, e.getMessage(), checkpoints.whatIsKept()),
          e);
    }
    position.learnt(update, (double) (System.nanoTime() - start) / NANOS_PER_SECOND);
    saved = false;
    listener.learnt(position.progress(windows));
  }

  private double validationLoss() {
    int windows = validation.begin(0);
    double sum = 0;
    long elements = 0;
    for (int i = 0; i < windows; i++) {
      if (i == 0 || validation.beginsSequences(i)) {
        trainer.resetState();
      }
      Update update = trainer.evaluate(validation.window(i));
      sum += update.loss() * (double) update.counted();
      elements += update.counted();
    }
    return sum / (double) Math.max(elements, 1);
  }

  private void saveIfDue() throws IOException {
    boolean late = System.nanoTime() - lastCheckpoint >= options.checkpointInterval().toNanos();
    long epochs = position.epoch() - epochOfCheckpoint;
    if (late || (options.checkpointEpochs() > 0 && epochs >= options.checkpointEpochs())) {
      save();
    }
  }

  private void save() throws IOException {
    if (saved) {
      return;
    }
    try (Network network = trainer.network()) {
      checkpoints.write(network, position.addTo(trainer.state()), position.history());
    }
    saved = true;
    lastCheckpoint = System.nanoTime();
    epochOfCheckpoint = position.epoch();
  }
}

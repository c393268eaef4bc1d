// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.lstm4j.tools.training.EpochResult;
import org.lstm4j.tools.training.RunListener;
import org.lstm4j.tools.training.RunOptions;
import org.lstm4j.tools.training.RunProgress;

/**
 * Shows on standard error how far a training is: by a bar where somebody looks at it, else by a
 * line for each epoch.
 */
final class TrainingProgress implements RunListener, AutoCloseable {
  private static final int WIDTH = 110;
  private static final int MILLIS = 250;
  private static final long NANOS = MILLIS * 1_000_000L;

  private final TrainingTask task;
  private final RunOptions options;
  private final Terminal terminal;
  private ProgressBar bar;
  private long nextMessage;

  TrainingProgress(TrainingTask task, RunOptions options, Terminal terminal) {
    this.task = task;
    this.options = options;
    this.terminal = terminal;
  }

  @Override
  public void learnt(RunProgress progress) {
    if (!terminal.isInteractive()) {
      return;
    }
    long done = progress.epoch() * progress.windows() + progress.window();
    if (bar == null) {
      bar = newBar(done);
    }
    // Epochs may differ by a window; the bar forgives it.
    bar.maxHint(options.epochs() * progress.windows());
    bar.stepTo(done);
    long now = System.nanoTime();
    if (now - nextMessage >= 0) {
      nextMessage = now + NANOS;
      bar.setExtraMessage(
          " epoch %d, %s, %s"
              .formatted(
                  progress.epoch() + 1,
                  EpochLine.losses("", progress.loss(), task),
                  EpochLine.speed(progress.elementsPerSecond(), task)));
    }
  }

  /** A bar whose time left counts only what is done by this process. */
  private ProgressBar newBar(long done) {
    nextMessage = System.nanoTime();
    return new ProgressBarBuilder()
        .setTaskName("train")
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(MILLIS)
        .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
        .startsFrom(done, Duration.ZERO)
        .build();
  }

  private void draw(String line) {
    terminal.err().print("\r" + line);
    terminal.err().flush();
  }

  @Override
  public void epochEnded(EpochResult result) {
    if (!terminal.isInteractive()) {
      terminal.err().println(EpochLine.of(result, task));
    }
  }

  @Override
  public void close() {
    endLine();
  }

  /** Ends the bar and its line, before anything else is said. */
  void endLine() {
    if (bar != null) {
      bar.close();
      bar = null;
      terminal.err().println();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training.programs;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.engine.training.Window;
import org.lstm4j.tools.plot.Plot;

/**
 * Forecasts a sine: five values of sin over [-10, 10), 0.1 apart, tell the next. An {@code
 * nn.LSTM(1, 10)} with a Linear on its last time step learns from all windows at once, by SGD at
 * 0.01 on the mean squared error; a fifth of the 193 windows, drawn at random, is for validation.
 */
public final class SineForecast {
  private static final int VALUES = 200;
  private static final int WINDOWS = 193;
  private static final int VALIDATION_WINDOWS = 39;
  private static final int STEPS = 5;
  private static final int HIDDEN_SIZE = 10;
  private static final List<Layer> LAYERS =
      List.of(
          Layer.Lstm.of("lstm", 1, HIDDEN_SIZE),
          new Layer.ReadLast(HIDDEN_SIZE),
          new Layer.Linear("head", HIDDEN_SIZE, 1, true));

  private final long seed;
  private final float[] series = new float[VALUES];
  private final int[] training;
  private final int[] validation;

  /**
   * A program.
   *
   * @param seed of the weights and of what is held back
   */
  public SineForecast(long seed) {
    this.seed = seed;
    for (int i = 0; i < VALUES; i++) {
      series[i] = (float) Math.sin(-10 + 0.1 * i);
    }
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    double[] keys = random.doubles(WINDOWS).toArray();
    int[] order =
        IntStream.range(0, WINDOWS)
            .boxed()
            .sorted((a, b) -> Double.compare(keys[a], keys[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    this.validation = Arrays.copyOf(order, VALIDATION_WINDOWS);
    this.training = Arrays.copyOfRange(order, VALIDATION_WINDOWS, WINDOWS);
  }

  /**
   * What a training came to.
   *
   * @param losses of the training windows, before each update
   * @param validationLoss after the last update
   * @param forecasts of all windows
   */
  public record Result(float[] losses, double validationLoss, float[] forecasts) {
    /** {@return how often all windows were learnt} */
    public int epochs() {
      return losses.length;
    }

    /** {@return the loss before the first update} */
    public float firstLoss() {
      return losses[0];
    }

    /** {@return the loss before the last update} */
    public float loss() {
      return losses[losses.length - 1];
    }
  }

  /**
   * Trains.
   *
   * @param epochs the most, at least 1
   * @param goal the loss to stop at
   */
  public Result train(int epochs, double goal) {
    TrainerOptions options =
        TrainerOptions.defaults().withBatch(training.length).withMaxSteps(STEPS);
    try (Network start =
            Network.builder()
                .add(LAYERS.toArray(Layer[]::new))
                .build(Initialization.pyTorch().weights(LAYERS, seed));
        Trainer trainer =
            new Trainer(start, Loss.meanSquaredError(), Optimizer.sgd(0.01), options)) {
      Window window = Window.of(inputs(training), STEPS, targets(training));
      float[] losses = new float[epochs];
      int epoch = 0;
      do {
        trainer.resetState();
        losses[epoch] = (float) trainer.learn(window).loss();
        epoch++;
      } while (losses[epoch - 1] > goal && epoch < epochs);
      float[] forecasts = forecasts(trainer);
      return new Result(Arrays.copyOf(losses, epoch), validationLoss(forecasts), forecasts);
    }
  }

  /** The values of windows, [time step, window, 1]. */
  private float[] inputs(int[] windows) {
    float[] xs = new float[STEPS * windows.length];
    for (int t = 0; t < STEPS; t++) {
      for (int i = 0; i < windows.length; i++) {
        xs[t * windows.length + i] = series[windows[i] + t];
      }
    }
    return xs;
  }

  /** The values after windows, [window, 1]. */
  private float[] targets(int[] windows) {
    float[] targets = new float[windows.length];
    for (int i = 0; i < windows.length; i++) {
      targets[i] = series[windows[i] + STEPS];
    }
    return targets;
  }

  private float[] forecasts(Trainer trainer) {
    float[] forecasts = new float[WINDOWS];
    SessionOptions options = SessionOptions.defaults().withBatch(WINDOWS).withMaxSteps(STEPS);
    try (Network network = trainer.network();
        Session session = network.newSession(options)) {
      session.run(inputs(IntStream.range(0, WINDOWS).toArray()), STEPS, forecasts);
    }
    return forecasts;
  }

  private double validationLoss(float[] forecasts) {
    return Arrays.stream(validation)
        .mapToDouble(window -> forecasts[window] - series[window + STEPS])
        .map(error -> error * error)
        .average()
        .orElseThrow();
  }

  /** Draws the forecasts of all windows over the truth. */
  public Plot plot(Result result) {
    return Plot.forecast(
        "sin x, each value forecast from the five before it",
        targets(IntStream.range(0, WINDOWS).toArray()),
        result.forecasts(),
        "window",
        "sin x");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training.programs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
  SineForecast(long seed) {
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
   * @param epochs that it took
   * @param firstLoss before the first update
   * @param loss of the training windows, before the last update
   * @param validationLoss after the last update
   * @param forecasts of all windows
   */
  record Result(
      int epochs, double firstLoss, double loss, double validationLoss, float[] forecasts) {}

  /**
   * Trains until the loss is 1e-4, at most 20,000 epochs.
   *
   * @param args a PNG file to draw the forecasts into, or nothing
   * @throws IOException if the file cannot be written
   */
  public static void main(String[] args) throws IOException {
    SineForecast program = new SineForecast(1);
    long start = System.nanoTime();
    Result result = program.train(20_000, 1e-4);
    double seconds = (double) (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%,d epochs in %.1f s, loss %.3g at first, %.3g at last, validation %.3g%n",
        result.epochs(),
        seconds,
        result.firstLoss(),
        result.loss(),
        result.validationLoss());
    if (args.length > 0) {
      program.plot(result).write(Path.of(args[0]));
    }
  }

  /**
   * Trains.
   *
   * @param epochs the most
   * @param goal the loss to stop at
   */
  Result train(int epochs, double goal) {
    TrainerOptions options =
        TrainerOptions.defaults().withBatch(training.length).withMaxSteps(STEPS);
    try (Network start =
            Network.builder()
                .add(LAYERS.toArray(Layer[]::new))
                .build(Initialization.pyTorch().weights(LAYERS, seed));
        Trainer trainer =
            new Trainer(start, Loss.meanSquaredError(), Optimizer.sgd(0.01), options)) {
      Window window = Window.of(inputs(training), STEPS, targets(training));
      double first = Double.NaN;
      double loss = Double.POSITIVE_INFINITY;
      while (loss > goal && trainer.updates() < epochs) {
        trainer.resetState();
        loss = trainer.learn(window).loss();
        first = Double.isNaN(first) ? loss : first;
      }
      float[] forecasts = forecasts(trainer);
      return new Result(
          Math.toIntExact(trainer.updates()), first, loss, meanSquaredError(forecasts), forecasts);
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

  private double meanSquaredError(float[] forecasts) {
    return Arrays.stream(validation)
        .mapToDouble(window -> forecasts[window] - series[window + STEPS])
        .map(error -> error * error)
        .average()
        .orElseThrow();
  }

  private Plot plot(Result result) {
    return Plot.forecast(
        "sin x, each value forecast from the five before it",
        targets(IntStream.range(0, WINDOWS).toArray()),
        result.forecasts(),
        "window",
        "sin x");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training.programs;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.ActivationFunction;
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

/**
 * Adds two numbers of 7 bits, bit by bit from the low end: a time step reads a bit of each and
 * gives a bit of the sum, which has 8. What a network has to keep is the carry.
 *
 * <p>Twice: as the plain sigmoid RNN of "Anyone Can Learn To Code an LSTM-RNN in Python" (Trask
 * 2015): hidden size 8, no biases, weights uniform in ±1, half the squared error, one sample at a
 * time at rate 0.1; and as an LSTM, until it has every sum right.
 */
public final class BinaryAddition {
  private static final int BITS = 8;

  /** Addends are less than this, so that a sum has 8 bits. */
  private static final int ADDENDS = 1 << (BITS - 1);

  /** How many sums there are. */
  public static final int SUMS = ADDENDS * ADDENDS;

  private static final int HIDDEN_SIZE = 8;
  private static final int BATCH = 32;
  private static final int UPDATES_BETWEEN_CHECKS = 100;
  private static final List<Layer> RNN_LAYERS =
      List.of(
          new Layer.Rnn(
              "rnn", 2, HIDDEN_SIZE, 1, false, false, false, new ActivationFunction.Sigmoid()),
          new Layer.Linear("head", HIDDEN_SIZE, 1, false),
          new Layer.Activation(new ActivationFunction.Sigmoid(), 1));
  private static final List<Layer> LSTM_LAYERS =
      List.of(
          Layer.Lstm.of("lstm", 2, HIDDEN_SIZE), new Layer.Linear("head", HIDDEN_SIZE, 1, true));

  private final RandomGenerator random;
  private final long seed;

  /**
   * A program.
   *
   * @param seed of weights and samples
   */
  public BinaryAddition(long seed) {
    this.seed = seed;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /**
   * What a training came to.
   *
   * @param updates that it took
   * @param loss mean of the last 100 updates
   * @param correct sums that are right in every bit, of {@link #SUMS}
   */
  public record Result(long updates, double loss, int correct) {}

  /**
   * Trains the RNN.
   *
   * @param samples each learnt once
   */
  public Result rnn(int samples) {
    // PyTorch's squared error has no half: at half the rate it is the same.
    try (Network start = network(RNN_LAYERS, new Initialization.Uniform(1));
        Trainer trainer =
            new Trainer(
                start,
                new Loss.MeanSquaredError(Loss.Reduction.SUM),
                Optimizer.sgd(0.05),
                TrainerOptions.defaults().withMaxSteps(BITS))) {
      double loss = learn(trainer, samples, 1);
      return new Result(trainer.updates(), loss, correct(trainer, 0.5f));
    }
  }

  /**
   * Trains the LSTM until all sums are right.
   *
   * @param mostUpdates after which it gives up
   */
  public Result lstm(int mostUpdates) {
    try (Network start = network(LSTM_LAYERS, Initialization.pyTorch());
        Trainer trainer =
            new Trainer(
                start,
                Loss.binaryCrossEntropyWithLogits(),
                Optimizer.adam().withLearningRate(0.01),
                TrainerOptions.defaults().withBatch(BATCH).withMaxSteps(BITS))) {
      Result result;
      do {
        double loss = learn(trainer, UPDATES_BETWEEN_CHECKS, BATCH);
        result = new Result(trainer.updates(), loss, correct(trainer, 0));
      } while (result.correct() < SUMS && result.updates() < mostUpdates);
      return result;
    }
  }

  private Network network(List<Layer> layers, Initialization initialization) {
    return Network.builder()
        .add(layers.toArray(Layer[]::new))
        .build(initialization.weights(layers, seed));
  }

  /** Returns the mean loss of the last updates. */
  private double learn(Trainer trainer, int updates, int batch) {
    double sum = 0;
    int last = Math.min(updates, UPDATES_BETWEEN_CHECKS);
    for (int i = 0; i < updates; i++) {
      trainer.resetState();
      int[] a = random.ints(batch, 0, ADDENDS).toArray();
      int[] b = random.ints(batch, 0, ADDENDS).toArray();
      double loss = trainer.learn(Window.of(addends(a, b), BITS, sums(a, b))).loss();
      sum += i >= updates - last ? loss : 0;
    }
    return sum / last;
  }

  /** The bits of the addends, [bit, row, 2], lowest first. */
  private static float[] addends(int[] a, int[] b) {
    float[] bits = new float[BITS * a.length * 2];
    for (int t = 0; t < BITS; t++) {
      for (int row = 0; row < a.length; row++) {
        bits[(t * a.length + row) * 2] = a[row] >> t & 1;
        bits[(t * a.length + row) * 2 + 1] = b[row] >> t & 1;
      }
    }
    return bits;
  }

  /** The bits of the sums, [bit, row, 1]. */
  private static float[] sums(int[] a, int[] b) {
    float[] bits = new float[BITS * a.length];
    for (int t = 0; t < BITS; t++) {
      for (int row = 0; row < a.length; row++) {
        bits[t * a.length + row] = (a[row] + b[row]) >> t & 1;
      }
    }
    return bits;
  }

  /** Adds all there is to add, and counts the sums that are right. */
  private static int correct(Trainer trainer, float threshold) {
    int[] a = new int[ADDENDS];
    int[] b = new int[ADDENDS];
    Arrays.setAll(b, i -> i);
    float[] outputs = new float[BITS * ADDENDS];
    int correct = 0;
    SessionOptions options = SessionOptions.defaults().withBatch(ADDENDS).withMaxSteps(BITS);
    try (Network network = trainer.network();
        Session session = network.newSession(options)) {
      for (int addend = 0; addend < ADDENDS; addend++) {
        Arrays.fill(a, addend);
        session.reset();
        session.run(addends(a, b), BITS, outputs);
        correct += rightRows(outputs, sums(a, b), threshold);
      }
    }
    return correct;
  }

  private static int rightRows(float[] outputs, float[] sums, float threshold) {
    boolean[] wrong = new boolean[ADDENDS];
    for (int i = 0; i < outputs.length; i++) {
      wrong[i % ADDENDS] |= (outputs[i] > threshold) != (sums[i] > 0.5f);
    }
    int right = 0;
    for (boolean isWrong : wrong) {
      right += isWrong ? 0 : 1;
    }
    return right;
  }
}

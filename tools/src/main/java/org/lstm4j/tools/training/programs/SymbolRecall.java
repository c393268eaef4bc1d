// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training.programs;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.training.Clipping;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.engine.training.Window;

/**
 * Recalls a symbol: one of 8 comes first, then time steps of two other symbols in random order, and
 * at the end the network says which the first one was. A guess is right one time in 8.
 *
 * <p>An RNN against an LSTM (Hochreiter and Schmidhuber 1997), both with 32 units, Adam at 0.005,
 * batches of 32 and gradients clipped to a norm of 1. The RNN begins with PyTorch's weights; so
 * does the LSTM, but for gates that keep what they hold about as long as is needed, and let little
 * in ({@link Initialization.Chrono}). With open input gates, what comes between the symbol and its
 * recall adds up in the cells until they saturate: after 100 time steps nothing was learnt.
 */
public final class SymbolRecall {
  /** How many symbols can come first. */
  public static final int SYMBOLS = 8;

  private static final int FILLERS = 2;
  private static final int HIDDEN_SIZE = 32;
  private static final int BATCH = 32;
  private static final int TEST_BATCHES = 32;

  /** A network that has recalled everything for so many updates has learnt it. */
  private static final int UPDATES_WITHOUT_FAULT = 50;

  private final int steps;
  private final long seed;
  private final RandomGenerator random;

  /**
   * A program.
   *
   * @param steps between the symbol and its recall
   * @param seed of weights and samples
   */
  public SymbolRecall(int steps, long seed) {
    this.steps = steps;
    this.seed = seed;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /**
   * What a training came to.
   *
   * @param updates that it took
   * @param recalled share of the symbols of 1024 unseen sequences
   */
  public record Result(long updates, double recalled) {}

  /** {@return an RNN that has learnt nothing} */
  public Network rnn() {
    return network(Layer.Rnn.of("rnn", SYMBOLS + FILLERS, HIDDEN_SIZE), Initialization.pyTorch());
  }

  /** {@return an LSTM that has learnt nothing} */
  public Network lstm() {
    return network(
        Layer.Lstm.of("lstm", SYMBOLS + FILLERS, HIDDEN_SIZE),
        new Initialization.Chrono(Initialization.pyTorch(), steps + 1));
  }

  private Network network(Layer recurrent, Initialization initialization) {
    List<Layer> layers =
        List.of(
            new Layer.OneHot(SYMBOLS + FILLERS),
            recurrent,
            new Layer.ReadLast(HIDDEN_SIZE),
            new Layer.Linear("head", HIDDEN_SIZE, SYMBOLS, true));
    return Network.builder()
        .add(layers.toArray(Layer[]::new))
        .build(initialization.weights(layers, seed));
  }

  /**
   * Trains a network and tests it on sequences it has not seen.
   *
   * @param start stays as it is
   * @param mostUpdates after which training ends
   */
  public Result train(Network start, int mostUpdates) {
    TrainerOptions options =
        TrainerOptions.defaults()
            .withBatch(BATCH)
            .withMaxSteps(steps + 1)
            .withClipping(Clipping.byNorm(1));
    try (Trainer trainer =
        new Trainer(
            start, Loss.crossEntropy(), Optimizer.adam().withLearningRate(0.005), options)) {
      int withoutFault = 0;
      while (withoutFault < UPDATES_WITHOUT_FAULT && trainer.updates() < mostUpdates) {
        int[] symbols = symbols();
        trainer.resetState();
        double loss = trainer.learn(Window.of(sequences(symbols), steps + 1, symbols)).loss();
        withoutFault = loss < Math.log(2) / BATCH ? withoutFault + 1 : 0;
      }
      return new Result(trainer.updates(), recalled(trainer));
    }
  }

  private int[] symbols() {
    return random.ints(BATCH, 0, SYMBOLS).toArray();
  }

  /** Tokens, [time step, row]. */
  private int[] sequences(int[] symbols) {
    int[] tokens = random.ints((long) (steps + 1) * BATCH, SYMBOLS, SYMBOLS + FILLERS).toArray();
    System.arraycopy(symbols, 0, tokens, 0, BATCH);
    return tokens;
  }

  private double recalled(Trainer trainer) {
    SessionOptions options = SessionOptions.defaults().withBatch(BATCH).withMaxSteps(steps + 1);
    float[] scores = new float[BATCH * SYMBOLS];
    int right = 0;
    try (Network network = trainer.network();
        Session session = network.newSession(options)) {
      for (int i = 0; i < TEST_BATCHES; i++) {
        int[] symbols = symbols();
        session.reset();
        session.run(sequences(symbols), steps + 1, scores);
        for (int row = 0; row < BATCH; row++) {
          right += highest(scores, row * SYMBOLS) == symbols[row] ? 1 : 0;
        }
      }
    }
    return (double) right / (TEST_BATCHES * BATCH);
  }

  private static int highest(float[] scores, int from) {
    int best = 0;
    for (int i = 1; i < SYMBOLS; i++) {
      best = scores[from + i] > scores[from + best] ? i : best;
    }
    return best;
  }
}

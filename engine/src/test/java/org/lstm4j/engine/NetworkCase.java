// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.lstm4j.engine.ActivationFunction.Elu;
import org.lstm4j.engine.ActivationFunction.Gelu;
import org.lstm4j.engine.ActivationFunction.HardSigmoid;
import org.lstm4j.engine.ActivationFunction.LeakyRelu;
import org.lstm4j.engine.ActivationFunction.LogSoftmax;
import org.lstm4j.engine.ActivationFunction.Relu;
import org.lstm4j.engine.ActivationFunction.Sigmoid;
import org.lstm4j.engine.ActivationFunction.Silu;
import org.lstm4j.engine.ActivationFunction.Softmax;
import org.lstm4j.engine.ActivationFunction.Softplus;
import org.lstm4j.engine.ActivationFunction.Tanh;

/**
 * One of the networks that tests go through: together they use every kind of layer and every
 * option, at sizes that fill vectors and sizes that do not.
 */
record NetworkCase(String name, OneToMany oneToMany, boolean initialState, List<Layer> layers) {
  static NetworkCase of(String name, Layer... layers) {
    return new NetworkCase(name, null, false, List.of(layers));
  }

  /** All of them. */
  static Stream<NetworkCase> all() {
    return Stream.of(ofLstms(), ofOtherCells(), ofOtherLayers()).flatMap(cases -> cases);
  }

  /** Those of PyTorch's LSTM, and of layers without a state. */
  static Stream<NetworkCase> ofLstms() {
    return Stream.of(lstms(), stacks(), activations(), readouts(), oneToManys())
        .flatMap(cases -> cases);
  }

  /** Those of GRUs, RNNs and other LSTMs, and what they need. */
  static Stream<NetworkCase> ofOtherCells() {
    return Stream.of(grus(), rnns(), otherLstms(), mixed()).flatMap(cases -> cases);
  }

  /** Those with layer norms, residuals, reversed time and initial states. */
  static Stream<NetworkCase> ofOtherLayers() {
    return Stream.of(layerNorms(), residuals(), reversed(), initialStates())
        .flatMap(cases -> cases);
  }

  /** Those that look only back, so that a run may be cut into pieces. */
  static Stream<NetworkCase> causal() {
    return all().filter(NetworkCase::looksOnlyBack);
  }

  /** Those of them that take an input at every time step. */
  static Stream<NetworkCase> stepwise() {
    return causal().filter(networkCase -> networkCase.oneToMany == null);
  }

  private static Stream<NetworkCase> lstms() {
    Stream<NetworkCase> sizes =
        Stream.of(
                new int[] {1, 1},
                new int[] {3, 5},
                new int[] {1, 8},
                new int[] {2, 17},
                new int[] {1, 20},
                new int[] {4, 40},
                new int[] {17, 33},
                new int[] {40, 64},
                new int[] {8, 100})
            .map(size -> of("lstm " + size[0] + " to " + size[1], lstm("lstm", size[0], size[1])));
    Stream<NetworkCase> options =
        Stream.of(
            of("without bias", lstm(3, 9, 1, false, false, 0)),
            of("two layers", lstm(3, 12, 2, true, false, 0)),
            of("three layers without bias", lstm(5, 7, 3, false, false, 0)),
            of("projection", lstm(4, 20, 1, true, false, 6)),
            of("three layers with projection", lstm(4, 9, 3, true, false, 5)),
            of("bidirectional", lstm(3, 10, 1, true, true, 0)),
            of("bidirectional of one unit", lstm(2, 1, 1, true, true, 0)),
            of("two bidirectional layers", lstm(6, 17, 2, true, true, 0)),
            of("two bidirectional layers with projection", lstm(3, 16, 2, false, true, 3)),
            of("cell", new Layer.Lstm("cell", 3, 11, 1, true, false, 0, true)));
    return Stream.concat(sizes, options);
  }

  private static Stream<NetworkCase> grus() {
    ActivationFunction hard = new HardSigmoid(0.2f, 0.5f);
    GruForm resetBefore = new GruForm(false, new Sigmoid(), new Tanh(), 0);
    GruForm clipped = new GruForm(false, hard, new LeakyRelu(0.1f), 0.3f);
    GruForm functions = new GruForm(true, hard, new Elu(0.7f), 0.4f);
    Stream<NetworkCase> sizes =
        sizes().map(size -> of("gru " + size[0] + " to " + size[1], gru(size[0], size[1])));
    Stream<NetworkCase> options =
        Stream.of(
            of("two bidirectional GRU layers", gru(6, 17, 2, true, true, GruForm.standard())),
            of("GRU without bias", gru(5, 7, 3, false, false, GruForm.standard())),
            of("GRU cell", new Layer.Gru("cell", 3, 11, 1, true, false, true)),
            of("GRU, reset before the product", gru(5, 12, 1, true, false, resetBefore)),
            of("GRU of one unit, reset before", gru(1, 1, 1, true, false, resetBefore)),
            of("GRU of many units, reset before", gru(9, 100, 1, true, false, resetBefore)),
            of("two GRU layers, reset before", gru(4, 21, 2, true, true, clipped)),
            of("two GRU layers of other functions", gru(4, 13, 2, true, true, functions)));
    return Stream.concat(sizes, options);
  }

  private static Stream<NetworkCase> rnns() {
    Stream<NetworkCase> sizes =
        sizes()
            .map(size ->
                of("rnn " + size[0] + " to " + size[1], Layer.Rnn.of("rnn", size[0], size[1])));
    Stream<NetworkCase> functions =
        Stream.of(new Tanh(), new Relu(), new Sigmoid(), new Silu(), new HardSigmoid(0.3f, 0.4f))
            .map(function -> of("two RNN layers of " + function, rnn(4, 19, function)));
    return Stream.concat(
        Stream.concat(sizes, functions),
        Stream.of(of("RNN cell", new Layer.Rnn("cell", 3, 11, 1, false, false, true, new Relu()))));
  }

  private static Stream<NetworkCase> otherLstms() {
    ActivationFunction hard = new HardSigmoid(0.2f, 0.5f);
    Sigmoid s = new Sigmoid();
    Tanh t = new Tanh();
    return Stream.of(
            new LstmForm(true, true, s, t, t, 0),
            new LstmForm(true, false, s, t, t, 0),
            new LstmForm(false, false, s, t, t, 0),
            new LstmForm(false, true, s, t, t, 0.25f),
            new LstmForm(true, true, hard, new Elu(1), new LeakyRelu(0.2f), 0.5f))
        .flatMap(form ->
            Stream.of(
                of("one layer of " + form, lstm(4, 33, 1, true, false, 0, form)),
                of("two layers of " + form, lstm(3, 14, 2, true, true, 5, form))));
  }

  private static Stream<NetworkCase> mixed() {
    return Stream.of(
        of("hard sigmoid", new Layer.Activation(new HardSigmoid(0.2f, 0.5f), 21)),
        of(
            "embedding, gru, linear",
            new Layer.Embedding("embedding", 30, 7),
            gru(7, 9),
            linear(9, 4)),
        of(
            "lstm, gru, rnn",
            lstm("lstm", 3, 9),
            gru(9, 6),
            Layer.Rnn.of("rnn", 6, 5),
            linear(5, 2)),
        of(
            "final states of a GRU",
            gru(3, 5, 1, true, true, GruForm.standard()),
            new Layer.ReadFinal(10),
            linear(10, 2)),
        new NetworkCase(
            "one to many by GRU",
            new OneToMany(OneToMany.Mode.FEEDBACK, 5),
            false,
            List.of(gru(3, 9), linear(9, 3))));
  }

  private static Stream<int[]> sizes() {
    return Stream.of(
        new int[] {1, 1},
        new int[] {3, 5},
        new int[] {2, 17},
        new int[] {4, 40},
        new int[] {17, 33},
        new int[] {8, 100});
  }

  private static Stream<NetworkCase> stacks() {
    return Stream.of(
        of(
            "embedding, lstm, linear, softmax",
            new Layer.Embedding("embedding", 30, 7),
            lstm("lstm", 7, 13),
            linear(13, 30),
            new Layer.Activation(new Softmax(), 30)),
        of("one-hot, lstm", new Layer.OneHot(11), lstm("lstm", 11, 8)),
        of(
            "two lstms with layers between",
            lstm("lower", 3, 9),
            new Layer.Linear("between", 9, 6, false),
            new Layer.Activation(new Relu(), 6),
            lstm("upper", 6, 5),
            linear(5, 2)),
        of("linear alone", linear(5, 3)));
  }

  private static Stream<NetworkCase> activations() {
    return Stream.of(
            new Sigmoid(),
            new Tanh(),
            new Relu(),
            new LeakyRelu(0.01f),
            new Elu(0.7f),
            new Gelu(false),
            new Gelu(true),
            new Silu(),
            new Softplus(2, 1.5f),
            new Softmax(),
            new LogSoftmax())
        .map(function -> of("activation " + function, new Layer.Activation(function, 21)));
  }

  private static Stream<NetworkCase> readouts() {
    Layer.Linear hidden = new Layer.Linear("attention", 10, 6, true);
    return Stream.of(
        of("last step", lstm("lstm", 3, 10), new Layer.ReadLast(10), linear(10, 2)),
        of("final states", lstm(3, 5, 1, true, true, 0), new Layer.ReadFinal(10), linear(10, 2)),
        of("maximum over time", lstm("lstm", 3, 10), new Layer.MaxOverTime(10)),
        of("mean over time", lstm("lstm", 3, 10), new Layer.MeanOverTime(10), linear(10, 2)),
        of("decay over time", lstm("lstm", 3, 10), new Layer.DecayOverTime(10, 0.8f)),
        of(
            "fixed weights over time",
            lstm("lstm", 3, 10),
            new Layer.WeightsOverTime(10, List.of(0.5f, 0.3f, 0.2f))),
        of(
            "attention by dot product",
            lstm("lstm", 3, 10),
            new Layer.AttentionOverTime(10, null, new Layer.Linear("score", 10, 1, false))),
        of(
            "additive attention",
            lstm("lstm", 3, 10),
            new Layer.AttentionOverTime(10, hidden, new Layer.Linear("score", 6, 1, true)),
            linear(10, 2)));
  }

  private static Stream<NetworkCase> oneToManys() {
    return Arrays.stream(OneToMany.Mode.values())
        .map(mode ->
            new NetworkCase(
                "one to many by " + mode,
                new OneToMany(mode, 5),
                false,
                List.of(lstm("lstm", 3, 9), linear(9, 3))));
  }

  private static Stream<NetworkCase> layerNorms() {
    Stream<NetworkCase> sizes =
        Stream.of(1, 7, 16, 33, 100).map(size -> of("layer norm of " + size, norm("norm", size)));
    Stream<NetworkCase> options =
        Stream.of(
            of(
                "layer norm without weight, of an embedding",
                new Layer.Embedding("embedding", 12, 10),
                new Layer.LayerNorm("norm", 10, 1e-3f, false, false)),
            of(
                "lstm, layer norm without bias, linear",
                lstm("lstm", 3, 20),
                new Layer.LayerNorm("norm", 20, 1e-5f, true, false),
                linear(20, 2)),
            of(
                "layer norm of what is read last",
                lstm("lstm", 3, 9),
                new Layer.ReadLast(9),
                norm("norm", 9)));
    return Stream.concat(sizes, options);
  }

  private static Stream<NetworkCase> residuals() {
    return Stream.of(
        of(
            "linear, residual of a norm and an lstm",
            linear(3, 9),
            residual(norm("norm", 9), lstm("inner", 9, 9)),
            lstm("outer", 9, 4)),
        of(
            "residual of linears between lstms",
            lstm("lower", 3, 20),
            residual(
                new Layer.Linear("up", 20, 33, true),
                new Layer.Activation(new Gelu(false), 33),
                new Layer.Linear("down", 33, 20, true)),
            lstm("upper", 20, 5)),
        of(
            "residuals in a residual",
            linear(2, 7),
            residual(
                residual(lstm("first", 7, 7)), norm("norm", 7), residual(lstm("second", 7, 7)))),
        of(
            "bidirectional residual with projection, read at its ends",
            linear(3, 6),
            residual(lstm(6, 8, 2, true, true, 3)),
            new Layer.ReadFinal(6)),
        new NetworkCase(
            "residual fed back",
            new OneToMany(OneToMany.Mode.FEEDBACK, 5),
            false,
            List.of(residual(lstm("lstm", 5, 5)))));
  }

  private static Stream<NetworkCase> reversed() {
    return Stream.of(
        of("reverse", new Layer.Reverse(5)),
        of(
            "lstm backward, linear",
            new Layer.Reverse(3),
            lstm("lstm", 3, 17),
            new Layer.Reverse(17),
            linear(17, 2)),
        of(
            "backward in a residual, mean over time",
            linear(2, 6),
            residual(new Layer.Reverse(6), gru(6, 6), new Layer.Reverse(6)),
            new Layer.MeanOverTime(6)));
  }

  private static Stream<NetworkCase> initialStates() {
    return Stream.of(
        starting("cell from its own state", new Layer.Lstm("cell", 3, 11, 1, true, false, 0, true)),
        starting("two bidirectional layers from their own", lstm(3, 16, 2, true, true, 5)),
        starting("gru and linear from its own", gru(3, 9), linear(9, 2)),
        starting(
            "two lstms, one in a residual, from their own",
            lstm("lower", 3, 9),
            residual(lstm("upper", 9, 9)),
            linear(9, 2)));
  }

  private static NetworkCase starting(String name, Layer... layers) {
    return new NetworkCase(name, null, true, List.of(layers));
  }

  private static Layer.LayerNorm norm(String name, int size) {
    return Layer.LayerNorm.of(name, size);
  }

  private static Layer.Residual residual(Layer... layers) {
    return new Layer.Residual(List.of(layers));
  }

  private static Layer.Lstm lstm(String name, int inputSize, int hiddenSize) {
    return Layer.Lstm.of(name, inputSize, hiddenSize);
  }

  private static Layer.Lstm lstm(
      int inputSize,
      int hiddenSize,
      int numLayers,
      boolean bias,
      boolean bidirectional,
      int projSize) {
    return new Layer.Lstm(
        "lstm", inputSize, hiddenSize, numLayers, bias, bidirectional, projSize, false);
  }

  private static Layer.Lstm lstm(
      int inputSize,
      int hiddenSize,
      int numLayers,
      boolean bias,
      boolean bidirectional,
      int projSize,
      LstmForm form) {
    return new Layer.Lstm(
        "lstm", inputSize, hiddenSize, numLayers, bias, bidirectional, projSize, false, form);
  }

  private static Layer.Gru gru(int inputSize, int hiddenSize) {
    return Layer.Gru.of("gru", inputSize, hiddenSize);
  }

  private static Layer.Gru gru(
      int inputSize,
      int hiddenSize,
      int numLayers,
      boolean bias,
      boolean bidirectional,
      GruForm form) {
    return new Layer.Gru("gru", inputSize, hiddenSize, numLayers, bias, bidirectional, false, form);
  }

  private static Layer.Rnn rnn(int inputSize, int hiddenSize, ActivationFunction function) {
    return new Layer.Rnn("rnn", inputSize, hiddenSize, 2, true, true, false, function);
  }

  private static Layer.Linear linear(int inFeatures, int outFeatures) {
    return new Layer.Linear("linear", inFeatures, outFeatures, true);
  }

  Network.Builder builder() {
    Network.Builder builder =
        Network.builder().add(layers.toArray(Layer[]::new)).oneToMany(oneToMany);
    return initialState ? builder.initialState(RandomWeights.state(layers)) : builder;
  }

  /** The same weights each time. */
  Map<String, Tensor> weights() {
    return RandomWeights.of(builder().parameters(), name.hashCode());
  }

  Network build() {
    return build(weights());
  }

  Network build(Map<String, Tensor> weights) {
    return builder().build(WeightSource.of(weights));
  }

  /** Whether it goes back, which a network does not that is fed its own output. */
  boolean learns() {
    return oneToMany == null || oneToMany.mode() != OneToMany.Mode.FEEDBACK;
  }

  private boolean looksOnlyBack() {
    try (Network network = build()) {
      return !network.needsWholeSequence();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}

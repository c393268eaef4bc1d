// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.LstmForm;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;

/** Networks of every kind, their weights arbitrary bit patterns. */
final class TestNetworks {
  private static final int[] SPECIAL_BITS = {
    0x8000_0000, // -0
    0x7FC0_1234, // quiet NaN with a payload
    0xFF80_0001, // signalling NaN
    0x0000_0001, // smallest subnormal
    0x807F_FFFF, // largest negative subnormal
    0x7F80_0000, // infinity
    0xFF7F_FFFF, // largest negative number
  };

  private TestNetworks() {}

  static Network network(Layer... layers) {
    return build(Network.builder().add(layers));
  }

  /** A network with every bit pattern for weights, the special ones first. */
  static Network build(Network.Builder builder) {
    SplittableRandom random = new SplittableRandom(42);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : builder.parameters()) {
      tensors.put(parameter.name(), randomBits(parameter, random));
    }
    return builder.build(WeightSource.of(tensors));
  }

  private static Tensor randomBits(Parameter parameter, SplittableRandom random) {
    MemorySegment bits = Arena.ofAuto().allocate(parameter.size() * Float.BYTES, Float.BYTES);
    for (long i = 0; i < parameter.size(); i++) {
      int value = i < SPECIAL_BITS.length ? SPECIAL_BITS[(int) i] : random.nextInt();
      bits.setAtIndex(JAVA_INT, i, value);
    }
    return Tensor.wrap(bits, parameter.shapeArray());
  }

  /** Two layers, six tensors, gaps between them. */
  static Network small() {
    return network(Layer.Lstm.of("lstm", 2, 3), new Layer.Linear("fc", 3, 1, true));
  }

  /** One float. */
  static Network smallest() {
    return build(
        Network.builder().add(new Layer.Linear("fc", 1, 1, false)).metadata("source", "a test"));
  }

  /** One network of as many kinds of layer as fit together. */
  static Network ofManyLayers() {
    return build(
        Network.builder()
            .add(new Layer.Embedding("emb", 2, 3), lstm(3, 2, 2, true, true, 1))
            .add(activation(new ActivationFunction.LeakyRelu(0.01f), 2))
            .add(
                new Layer.AttentionOverTime(
                    2, new Layer.Linear("w", 2, 1, true), new Layer.Linear("v", 1, 1, false)))
            .add(linear(2, 1), activation(new ActivationFunction.Softplus(1, 20), 1))
            .batchFirst(true)
            .metadata("key", "value"));
  }

  /** Builders of networks that together have every kind of layer and description. */
  static Stream<Network.Builder> ofEveryKind() {
    return Stream.of(
            Stream.of(
                Network.builder()
                    .add(new Layer.OneHot(5), Layer.Lstm.of("rnn", 5, 7), linear(7, 5))
                    .add(activation(new ActivationFunction.LogSoftmax(), 5))
                    .metadata("z", "last key first")
                    .metadata("a", "Zürich 東京 🙂")
                    .metadata("", ""),
                Network.builder()
                    .add(new Layer.Embedding("emb", 11, 3), Layer.Lstm.of("net.lstm", 3, 5))
                    .batchFirst(true),
                Network.builder().add(lstm(2, 13, 3, true, true, 5), linear(10, 1)),
                Network.builder().add(lstm(3, 1, 2, false, false, 0)),
                Network.builder().add(lstm(17, 33, 1, false, true, 0)),
                Network.builder().add(new Layer.Lstm("", 3, 4, 1, true, false, 0, true)),
                Network.builder().add(new Layer.Linear("", 257, 129, false)),
                Network.builder().add(activation(new ActivationFunction.Tanh(), 4))),
            cells(),
            activations(),
            readouts(),
            oneToMany(),
            ofOtherLayers())
        .flatMap(builders -> builders);
  }

  private static Stream<Network.Builder> cells() {
    return newCells().map(layer -> Network.builder().add(layer));
  }

  /** Layers that came with version 2 of the format. */
  static Stream<Layer.Recurrent> newCells() {
    ActivationFunction gate = new ActivationFunction.HardSigmoid(0.2f, 0.5f);
    ActivationFunction relu = new ActivationFunction.Relu();
    ActivationFunction elu = new ActivationFunction.Elu(0.5f);
    LstmForm peepholes = new LstmForm(true, true, gate, relu, elu, 0.5f);
    LstmForm withoutForgetGate = new LstmForm(true, false, gate, elu, relu, 0);
    return Stream.of(
        Layer.Gru.of("gru", 3, 5),
        new Layer.Gru("", 3, 4, 2, false, true, false),
        new Layer.Gru("cell", 2, 7, 1, true, false, true, new GruForm(false, gate, relu, 3)),
        Layer.Rnn.of("rnn", 3, 5),
        new Layer.Rnn("net.rnn", 2, 3, 2, false, true, false, relu),
        new Layer.Rnn("cell", 2, 3, 1, true, false, true, elu),
        new Layer.Lstm("lstm", 3, 5, 2, true, true, 2, false, peepholes),
        new Layer.Lstm("lstm", 3, 4, 1, false, false, 0, true, withoutForgetGate));
  }

  private static Stream<Network.Builder> activations() {
    return Stream.of(
            new ActivationFunction.Sigmoid(),
            new ActivationFunction.Tanh(),
            new ActivationFunction.Relu(),
            new ActivationFunction.LeakyRelu(0.01f),
            new ActivationFunction.Elu(-0f),
            new ActivationFunction.Gelu(false),
            new ActivationFunction.Gelu(true),
            new ActivationFunction.Silu(),
            new ActivationFunction.Softplus(0, Float.MIN_VALUE),
            new ActivationFunction.HardSigmoid(-0f, 1 / 3f),
            new ActivationFunction.Softmax(),
            new ActivationFunction.LogSoftmax())
        .map(function -> Network.builder().add(linear(3, 2), activation(function, 2)));
  }

  private static Stream<Network.Builder> readouts() {
    Layer.Linear score = new Layer.Linear("attention.v", 6, 1, false);
    Layer.Linear hidden = new Layer.Linear("attention.w", 6, 9, true);
    return Stream.of(
            new Layer.ReadLast(6),
            new Layer.ReadFinal(6),
            new Layer.MaxOverTime(6),
            new Layer.MeanOverTime(6),
            new Layer.DecayOverTime(6, 0.9f),
            new Layer.WeightsOverTime(6, List.of(0.5f, -0f, 0.25f)),
            new Layer.AttentionOverTime(6, null, score),
            new Layer.AttentionOverTime(6, hidden, new Layer.Linear("attention.v", 9, 1, true)))
        .map(readout -> Network.builder().add(lstm(4, 3, 1, true, true, 0), readout, linear(6, 2)));
  }

  private static Stream<Network.Builder> oneToMany() {
    return Stream.of(OneToMany.Mode.values())
        .map(mode ->
            Network.builder().add(Layer.Lstm.of("lstm", 3, 3)).oneToMany(new OneToMany(mode, 12)));
  }

  /**
   * Those with layer norms, residuals, reversed time and initial states, which came with version 2.
   */
  static Stream<Network.Builder> ofOtherLayers() {
    Layer.Residual inner =
        new Layer.Residual(
            List.of(Layer.Lstm.of("inner", 3, 5), new Layer.Linear("up", 5, 3, true)));
    return Stream.of(
        Network.builder().add(new Layer.LayerNorm("norm", 3, 1e-5f, true, true), linear(3, 2)),
        Network.builder().add(new Layer.LayerNorm("", 3, 0, true, false)),
        Network.builder().add(linear(2, 3), new Layer.LayerNorm("norm", 3, 1, false, false)),
        Network.builder().add(inner, linear(3, 2)),
        Network.builder().add(new Layer.Reverse(3), linear(3, 2)),
        Network.builder().add(new Layer.Residual(List.of(inner, Layer.LayerNorm.of("n", 3)))),
        starting(new Layer.Lstm("", 3, 4, 1, true, false, 0, true)),
        starting(new Layer.Gru("gru", 3, 4, 2, true, true, false)),
        starting(lstm(2, 13, 2, true, true, 5), linear(10, 3), inner));
  }

  /** With any bit pattern for an initial state. */
  private static Network.Builder starting(Layer... layers) {
    State state = State.zeros(List.of(layers), 1);
    SplittableRandom random = new SplittableRandom(7);
    for (String layer : state.layers()) {
      float[] c = state.hasCellState(layer) ? state.c(layer) : new float[0];
      for (float[] values : List.of(state.h(layer), c)) {
        for (int i = 0; i < values.length; i++) {
          int bits = i < SPECIAL_BITS.length ? SPECIAL_BITS[i] : random.nextInt();
          values[i] = Float.intBitsToFloat(bits);
        }
      }
    }
    return Network.builder().add(layers).initialState(state);
  }

  private static Layer lstm(
      int input, int hidden, int layers, boolean bias, boolean bidirectional, int projection) {
    return new Layer.Lstm("lstm", input, hidden, layers, bias, bidirectional, projection, false);
  }

  private static Layer linear(int in, int out) {
    return new Layer.Linear("fc", in, out, true);
  }

  private static Layer activation(ActivationFunction function, int size) {
    return new Layer.Activation(function, size);
  }
}

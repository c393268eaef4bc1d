// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One layer of a {@link Network}: its kind and sizes, and the names and shapes of the tensors it
 * needs. Pure data; the weights are the network's.
 *
 * <p>A layer has {@link #inputSize()} features per time step on its input and {@link #outputSize()}
 * on its output. The layers that read over time ({@link Readout}) turn a sequence into one vector;
 * all others keep its length.
 */
public sealed interface Layer {
  /** {@return features per time step that the layer takes} */
  int inputSize();

  /** {@return features per time step that the layer gives} */
  int outputSize();

  /** {@return the tensors that the layer needs, in PyTorch's order} */
  default List<Parameter> parameters() {
    return List.of();
  }

  /**
   * {@return the layers that data flows through here, in order: this one, or those inside a {@link
   * Residual}, down to the innermost}
   */
  default List<Layer> leaves() {
    return List.of(this);
  }

  /**
   * Index inputs turned into vectors of zeros with a one at the index.
   *
   * @param classes the number of tokens
   */
  record OneHot(int classes) implements Layer {
    /** Checks the sizes. */
    public OneHot {
      requirePositive("classes", classes);
    }

    @Override
    public int inputSize() {
      return classes;
    }

    @Override
    public int outputSize() {
      return classes;
    }
  }

  /**
   * Index inputs turned into rows of a table ({@code torch.nn.Embedding}).
   *
   * @param name module path; empty at the root
   * @param numEmbeddings rows of the table
   * @param embeddingDim features of a row
   */
  record Embedding(String name, int numEmbeddings, int embeddingDim) implements Layer {
    /** Checks the sizes. */
    public Embedding {
      requirePositive("num_embeddings", numEmbeddings);
      requirePositive("embedding_dim", embeddingDim);
    }

    @Override
    public int inputSize() {
      return numEmbeddings;
    }

    @Override
    public int outputSize() {
      return embeddingDim;
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(Parameter.of(name, "weight", numEmbeddings, embeddingDim));
    }
  }

  /**
   * A layer with a state: a stack of layers that each read a sequence step by step, in one or both
   * directions. Its hidden state h is its output; an LSTM has a cell state c besides.
   */
  sealed interface Recurrent extends Layer {
    /** {@return module path; empty at the root} */
    String name();

    @Override
    int inputSize();

    /** {@return units of each layer and direction} */
    int hiddenSize();

    /** {@return layers stacked on each other} */
    int numLayers();

    /** {@return whether b_i and b_h exist} */
    boolean bias();

    /**
     * {@return whether a second network reads the sequence from its end; the outputs of both are
     * concatenated}
     */
    boolean bidirectional();

    /** {@return whether the tensors carry the names of PyTorch's cells, without {@code _l0}} */
    boolean cell();

    /** {@return blocks of hidden_size rows in {@code weight_ih} and {@code weight_hh}} */
    int gates();

    /** {@return whether there is a cell state c; only an LSTM has one} */
    boolean hasCellState();

    /** {@return 2 if bidirectional, else 1} */
    default int numDirections() {
      return bidirectional() ? 2 : 1;
    }

    /** {@return features of h: the projection's size where there is one, else the hidden size} */
    default int hiddenOutputSize() {
      return hiddenSize();
    }

    @Override
    default int outputSize() {
      return hiddenOutputSize() * numDirections();
    }

    /**
     * Features that the given layer of the stack takes: the layer below it has both directions.
     *
     * @param layer the layer of the stack, from 0
     * @return its input size
     */
    default int inputSizeOf(int layer) {
      return layer == 0 ? inputSize() : outputSize();
    }

    /**
     * The full name of one tensor.
     *
     * @param kind {@code weight_ih}, {@code weight_hh}, {@code bias_ih} or {@code bias_hh}; of an
     *     LSTM also {@code weight_hr} or {@code weight_peephole}
     * @param layer the layer of the stack, from 0
     * @param direction 0 for forward, 1 for backward
     * @return for example {@code lstm.weight_ih_l0_reverse}
     */
    default String parameterName(String kind, int layer, int direction) {
      String suffix = cell() ? "" : "_l" + layer + (direction == 1 ? "_reverse" : "");
      return (name().isEmpty() ? "" : name() + ".") + kind + suffix;
    }

    @Override
    default List<Parameter> parameters() {
      List<Parameter> parameters = new ArrayList<>();
      for (int layer = 0; layer < numLayers(); layer++) {
        for (int direction = 0; direction < numDirections(); direction++) {
          addParameters(parameters, layer, direction);
        }
      }
      return List.copyOf(parameters);
    }

    private void addParameters(List<Parameter> parameters, int layer, int direction) {
      long gateRows = (long) gates() * hiddenSize();
      add(parameters, "weight_ih", layer, direction, gateRows, inputSizeOf(layer));
      add(parameters, "weight_hh", layer, direction, gateRows, hiddenOutputSize());
      if (bias()) {
        add(parameters, "bias_ih", layer, direction, gateRows);
        add(parameters, "bias_hh", layer, direction, gateRows);
      }
      if (this instanceof Lstm lstm && lstm.projSize() > 0) {
        add(parameters, "weight_hr", layer, direction, lstm.projSize(), hiddenSize());
      }
      if (this instanceof Lstm lstm && lstm.form().peepholes()) {
        // Not for g, which does not see the cell state.
        add(parameters, "weight_peephole", layer, direction, gateRows - hiddenSize());
      }
    }

    private void add(
        List<Parameter> parameters, String kind, int layer, int direction, long... shape) {
      parameters.add(Parameter.of("", parameterName(kind, layer, direction), shape));
    }
  }

  /**
   * What {@code torch.nn.LSTM} computes, or with {@code cell} a {@code torch.nn.LSTMCell}. For each
   * time step, layer and direction, with the gates in PyTorch's order i, f, g, o:
   *
   * <pre>
   *   i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)      c' = f * c + i * g
   *   f = sigmoid(W_if x + b_if + W_hf h + b_hf)      h' = o * tanh(c')
   *   g =    tanh(W_ig x + b_ig + W_hg h + b_hg)      h' = W_hr h'   (with projSize)
   *   o = sigmoid(W_io x + b_io + W_ho h + b_ho)
   * </pre>
   *
   * (PyTorch documentation, {@code torch.nn.LSTM}; Hochreiter and Schmidhuber 1997, with the forget
   * gate of Gers et al. 2000 and the projection of Sak et al. 2014.)
   *
   * @param name module path; empty at the root
   * @param inputSize features per time step
   * @param hiddenSize size of the cell state, and of the output where there is no projection
   * @param numLayers layers stacked on each other
   * @param bias whether b_i and b_h exist
   * @param bidirectional whether a second network reads the sequence from its end; the outputs of
   *     both are concatenated
   * @param projSize size of the projected output, 0 for none
   * @param cell whether the tensors carry an {@code LSTMCell}'s names, without {@code _l0}
   * @param form in what it differs from the equations above
   */
  record Lstm(
      String name,
      int inputSize,
      int hiddenSize,
      int numLayers,
      boolean bias,
      boolean bidirectional,
      int projSize,
      boolean cell,
      LstmForm form)
      implements Recurrent {
    /** Checks the sizes. */
    public Lstm {
      requireSizes(inputSize, hiddenSize, numLayers);
      if (projSize < 0 || (projSize > 0 && projSize >= hiddenSize)) {
        throw new IllegalArgumentException(
            "proj_size must be 0 or smaller than hidden_size " + hiddenSize + ", not " + projSize);
      }
      if (cell && (numLayers != 1 || bidirectional || projSize != 0)) {
        throw new IllegalArgumentException(
            "an LSTMCell has one layer, one direction and no projection");
      }
      Objects.requireNonNull(form, "form");
    }

    /**
     * What PyTorch computes.
     *
     * @param name module path; empty at the root
     * @param inputSize features per time step
     * @param hiddenSize size of the cell state, and of the output where there is no projection
     * @param numLayers layers stacked on each other
     * @param bias whether b_i and b_h exist
     * @param bidirectional whether a second network reads the sequence from its end
     * @param projSize size of the projected output, 0 for none
     * @param cell whether the tensors carry an {@code LSTMCell}'s names
     */
    public Lstm(
        String name,
        int inputSize,
        int hiddenSize,
        int numLayers,
        boolean bias,
        boolean bidirectional,
        int projSize,
        boolean cell) {
      this(
          name,
          inputSize,
          hiddenSize,
          numLayers,
          bias,
          bidirectional,
          projSize,
          cell,
          LstmForm.standard());
    }

    /**
     * One direction, one layer, with bias.
     *
     * @param name module path; empty at the root
     * @param inputSize features per time step
     * @param hiddenSize size of the cell state and of the output
     * @return the layer
     */
    public static Lstm of(String name, int inputSize, int hiddenSize) {
      return new Lstm(name, inputSize, hiddenSize, 1, true, false, 0, false);
    }

    /** {@return i, f, g, o: 4; without a forget gate i, g, o: 3} */
    @Override
    public int gates() {
      return form.forgetGate() ? 4 : 3;
    }

    @Override
    public boolean hasCellState() {
      return true;
    }

    @Override
    public int hiddenOutputSize() {
      return projSize > 0 ? projSize : hiddenSize;
    }
  }

  /**
   * What {@code torch.nn.GRU} computes, or with {@code cell} a {@code torch.nn.GRUCell}. For each
   * time step, layer and direction, with the gates in PyTorch's order r, z, n:
   *
   * <pre>
   *   r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
   *   z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
   *   n = tanh(W_in x + b_in + r * (W_hn h + b_hn))      h' = n + z * (h - n)
   * </pre>
   *
   * (PyTorch documentation, {@code torch.nn.GRU}, where h' = (1 - z) * n + z * h; written as here
   * it has fewer roundings, and is what PyTorch computes as well. Cho et al. 2014.)
   *
   * @param name module path; empty at the root
   * @param inputSize features per time step
   * @param hiddenSize size of the hidden state of each direction
   * @param numLayers layers stacked on each other
   * @param bias whether b_i and b_h exist
   * @param bidirectional whether a second network reads the sequence from its end; the outputs of
   *     both are concatenated
   * @param cell whether the tensors carry a {@code GRUCell}'s names, without {@code _l0}
   * @param form in what it differs from the equations above
   */
  record Gru(
      String name,
      int inputSize,
      int hiddenSize,
      int numLayers,
      boolean bias,
      boolean bidirectional,
      boolean cell,
      GruForm form)
      implements Recurrent {
    /** Checks the sizes. */
    public Gru {
      requireSizes(inputSize, hiddenSize, numLayers);
      if (cell && (numLayers != 1 || bidirectional)) {
        throw new IllegalArgumentException("a GRUCell has one layer and one direction");
      }
      Objects.requireNonNull(form, "form");
    }

    /**
     * What PyTorch computes.
     *
     * @param name module path; empty at the root
     * @param inputSize features per time step
     * @param hiddenSize size of the hidden state of each direction
     * @param numLayers layers stacked on each other
     * @param bias whether b_i and b_h exist
     * @param bidirectional whether a second network reads the sequence from its end
     * @param cell whether the tensors carry a {@code GRUCell}'s names
     */
    public Gru(
        String name,
        int inputSize,
        int hiddenSize,
        int numLayers,
        boolean bias,
        boolean bidirectional,
        boolean cell) {
      this(name, inputSize, hiddenSize, numLayers, bias, bidirectional, cell, GruForm.standard());
    }

    /**
     * One direction, one layer, with bias.
     *
     * @param name module path; empty at the root
     * @param inputSize features per time step
     * @param hiddenSize size of the hidden state
     * @return the layer
     */
    public static Gru of(String name, int inputSize, int hiddenSize) {
      return new Gru(name, inputSize, hiddenSize, 1, true, false, false);
    }

    /** {@return r, z, n: 3} */
    @Override
    public int gates() {
      return 3;
    }

    @Override
    public boolean hasCellState() {
      return false;
    }
  }

  /**
   * What {@code torch.nn.RNN} computes, or with {@code cell} a {@code torch.nn.RNNCell}: at each
   * time step, in each layer and direction, {@code h' = f(W_ih x + b_ih + W_hh h + b_hh)} (Elman
   * 1990).
   *
   * @param name module path; empty at the root
   * @param inputSize features per time step
   * @param hiddenSize size of the hidden state of each direction
   * @param numLayers layers stacked on each other
   * @param bias whether b_ih and b_hh exist
   * @param bidirectional whether a second network reads the sequence from its end; the outputs of
   *     both are concatenated
   * @param cell whether the tensors carry an {@code RNNCell}'s names, without {@code _l0}
   * @param nonlinearity f; PyTorch has tanh, its default, and relu
   */
  record Rnn(
      String name,
      int inputSize,
      int hiddenSize,
      int numLayers,
      boolean bias,
      boolean bidirectional,
      boolean cell,
      ActivationFunction nonlinearity)
      implements Recurrent {
    /** Checks the sizes and the function. */
    public Rnn {
      requireSizes(inputSize, hiddenSize, numLayers);
      if (cell && (numLayers != 1 || bidirectional)) {
        throw new IllegalArgumentException("an RNNCell has one layer and one direction");
      }
      LstmForm.requireElementwise(nonlinearity);
    }

    /**
     * One direction, one layer, with bias and tanh.
     *
     * @param name module path; empty at the root
     * @param inputSize features per time step
     * @param hiddenSize size of the hidden state
     * @return the layer
     */
    public static Rnn of(String name, int inputSize, int hiddenSize) {
      return new Rnn(
          name, inputSize, hiddenSize, 1, true, false, false, new ActivationFunction.Tanh());
    }

    /** {@return 1} */
    @Override
    public int gates() {
      return 1;
    }

    @Override
    public boolean hasCellState() {
      return false;
    }
  }

  /**
   * W x + b at every time step ({@code torch.nn.Linear}).
   *
   * @param name module path; empty at the root
   * @param inFeatures features per time step on the input
   * @param outFeatures features per time step on the output
   * @param bias whether b exists
   */
  record Linear(String name, int inFeatures, int outFeatures, boolean bias) implements Layer {
    /** Checks the sizes. */
    public Linear {
      requirePositive("in_features", inFeatures);
      requirePositive("out_features", outFeatures);
    }

    @Override
    public int inputSize() {
      return inFeatures;
    }

    @Override
    public int outputSize() {
      return outFeatures;
    }

    @Override
    public List<Parameter> parameters() {
      Parameter weight = Parameter.of(name, "weight", outFeatures, inFeatures);
      return bias ? List.of(weight, Parameter.of(name, "bias", outFeatures)) : List.of(weight);
    }
  }

  /**
   * An activation function at every time step.
   *
   * @param function the function
   * @param size features per time step
   */
  record Activation(ActivationFunction function, int size) implements Layer {
    /** Checks the sizes. */
    public Activation {
      requirePositive("size", size);
    }

    @Override
    public int inputSize() {
      return size;
    }

    @Override
    public int outputSize() {
      return size;
    }
  }

  /**
   * Layer normalisation over the features of every time step ({@code torch.nn.LayerNorm}):
   *
   * <pre>
   *   y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias
   * </pre>
   *
   * with the variance var(x) = mean((x - mean(x))^2). (Ba et al. 2016.)
   *
   * @param name module path; empty at the root
   * @param size features per time step
   * @param eps added to the variance; 1e-5 in PyTorch unless set
   * @param elementwiseAffine whether weight exists
   * @param bias whether bias exists
   */
  record LayerNorm(String name, int size, float eps, boolean elementwiseAffine, boolean bias)
      implements Layer {
    /** Checks the size, eps, and that there is no bias alone. */
    public LayerNorm {
      requirePositive("size", size);
      if (!(eps >= 0 && eps < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("eps must be a number from 0, not " + eps);
      }
      if (bias && !elementwiseAffine) {
        throw new IllegalArgumentException("a LayerNorm without weight has no bias");
      }
    }

    /**
     * With weight and bias, and PyTorch's eps.
     *
     * @param name module path; empty at the root
     * @param size features per time step
     * @return the layer
     */
    public static LayerNorm of(String name, int size) {
      return new LayerNorm(name, size, 1e-5f, true, true);
    }

    @Override
    public int inputSize() {
      return size;
    }

    @Override
    public int outputSize() {
      return size;
    }

    @Override
    public List<Parameter> parameters() {
      List<Parameter> parameters = new ArrayList<>();
      if (elementwiseAffine) {
        parameters.add(Parameter.of(name, "weight", size));
      }
      if (bias) {
        parameters.add(Parameter.of(name, "bias", size));
      }
      return List.copyOf(parameters);
    }
  }

  /**
   * The sequence from its end: of n time steps, t becomes n - 1 - t. In a batch of sequences of
   * different lengths each one's own end counts. Two of them with a recurrent layer between are
   * that layer run backward, such as ONNX's LSTM with {@code direction = reverse}.
   *
   * @param size features per time step
   */
  record Reverse(int size) implements Layer {
    /** Checks the size. */
    public Reverse {
      requirePositive("size", size);
    }

    @Override
    public int inputSize() {
      return size;
    }

    @Override
    public int outputSize() {
      return size;
    }
  }

  /**
   * The input plus what layers make of it, y = x + f(x): a skip connection (He et al. 2016). The
   * layers inside are like any others: their names are unique in the network, and recurrent ones
   * have their states in {@link State}.
   *
   * @param layers f, in the order in which data flows; none reads over time or takes tokens
   */
  record Residual(List<Layer> layers) implements Layer {
    /** How deep residual layers may lie in each other. */
    public static final int MAX_DEPTH = 16;

    /** Copies the layers, and checks that they fit together. */
    public Residual {
      layers = List.copyOf(layers);
      if (layers.isEmpty()) {
        throw new IllegalArgumentException("a Residual needs at least one layer");
      }
      for (Layer layer : layers) {
        if (layer instanceof Readout || layer instanceof OneHot || layer instanceof Embedding) {
          throw new IllegalArgumentException("a Residual cannot contain " + layer);
        }
      }
      requireFit(layers);
      if (depth(layers) > MAX_DEPTH) {
        throw new IllegalArgumentException(
            "Residual layers may lie in each other at most " + MAX_DEPTH + " deep");
      }
    }

    private static void requireFit(List<Layer> layers) {
      int features = layers.getFirst().inputSize();
      for (Layer layer : layers) {
        if (layer.inputSize() != features) {
          throw new IllegalArgumentException(
              "in a Residual, %s takes %d features, but is given %d"
                  .formatted(layer, layer.inputSize(), features));
        }
        features = layer.outputSize();
      }
      if (features != layers.getFirst().inputSize()) {
        throw new IllegalArgumentException(
            "a Residual gives as many features as it takes, not %d for %d"
                .formatted(features, layers.getFirst().inputSize()));
      }
    }

    private static int depth(List<Layer> layers) {
      int deepest = 0;
      for (Layer layer : layers) {
        if (layer instanceof Residual residual) {
          deepest = Math.max(deepest, depth(residual.layers));
        }
      }
      return deepest + 1;
    }

    @Override
    public int inputSize() {
      return layers.getFirst().inputSize();
    }

    @Override
    public int outputSize() {
      return layers.getLast().outputSize();
    }

    @Override
    public List<Parameter> parameters() {
      List<Parameter> parameters = new ArrayList<>();
      for (Layer layer : layers) {
        parameters.addAll(layer.parameters());
      }
      return List.copyOf(parameters);
    }

    @Override
    public List<Layer> leaves() {
      List<Layer> leaves = new ArrayList<>();
      for (Layer layer : layers) {
        leaves.addAll(layer.leaves());
      }
      return List.copyOf(leaves);
    }
  }

  /**
   * A layer that reads a sequence over time and gives one vector: the many-to-one networks. A
   * network without one gives an output at every time step.
   */
  sealed interface Readout extends Layer {
    /** {@return features per time step, and of the result} */
    int size();

    @Override
    default int inputSize() {
      return size();
    }

    @Override
    default int outputSize() {
      return size();
    }
  }

  /**
   * The output at the last time step, {@code out[-1]}.
   *
   * @param size features per time step
   */
  record ReadLast(int size) implements Readout {
    /** Checks the size. */
    public ReadLast {
      requirePositive("size", size);
    }
  }

  /**
   * The final hidden states of both directions, concatenated ({@code h_n} of the last layer): the
   * forward half of the last time step and the backward half of the first.
   *
   * @param size features of both directions together
   */
  record ReadFinal(int size) implements Readout {
    /** Checks the sizes. */
    public ReadFinal {
      requirePositive("size", size);
      if (size % 2 != 0) {
        throw new IllegalArgumentException("two directions have an even size, not " + size);
      }
    }
  }

  /**
   * The maximum of every feature over time.
   *
   * @param size features per time step
   */
  record MaxOverTime(int size) implements Readout {
    /** Checks the size. */
    public MaxOverTime {
      requirePositive("size", size);
    }
  }

  /**
   * The mean of every feature over time.
   *
   * @param size features per time step
   */
  record MeanOverTime(int size) implements Readout {
    /** Checks the size. */
    public MeanOverTime {
      requirePositive("size", size);
    }
  }

  /**
   * The sum over time of factor^age * h, divided by the sum of factor^age; the newest step has age
   * 0.
   *
   * @param size features per time step
   * @param factor in (0, 1]; 1 is the mean
   */
  record DecayOverTime(int size, float factor) implements Readout {
    /** Checks the size and the factor. */
    public DecayOverTime {
      requirePositive("size", size);
      if (!(factor > 0 && factor <= 1)) {
        throw new IllegalArgumentException("a decay factor lies in (0, 1], not " + factor);
      }
    }
  }

  /**
   * The sum over time of weight[age] * h; the newest step has age 0, and steps older than the list
   * count nothing.
   *
   * @param size features per time step
   * @param weightsByAge the weight of the newest step first
   */
  record WeightsOverTime(int size, List<Float> weightsByAge) implements Readout {
    /** Checks the size and copies the weights. */
    public WeightsOverTime {
      requirePositive("size", size);
      weightsByAge = List.copyOf(weightsByAge);
      if (weightsByAge.isEmpty()) {
        throw new IllegalArgumentException("weights over time need at least one weight");
      }
    }
  }

  /**
   * Attention pooling: sum_t a_t h_t with a = softmax over time of the scores. With {@code hidden},
   * score_t = v . tanh(W h_t + b), additive attention (Bahdanau et al. 2015); without, score_t = v
   * . h_t.
   *
   * @param size features of h
   * @param hidden W and b, or {@code null} for a plain dot product
   * @param score v, one output
   */
  record AttentionOverTime(int size, Linear hidden, Linear score) implements Readout {
    /** Checks the sizes. */
    public AttentionOverTime {
      requirePositive("size", size);
      int scored = hidden == null ? size : hidden.outFeatures();
      if (hidden != null && hidden.inFeatures() != size) {
        throw new IllegalArgumentException(
            "attention over " + size + " features cannot use a W for " + hidden.inFeatures());
      }
      if (score.inFeatures() != scored || score.outFeatures() != 1) {
        throw new IllegalArgumentException(
            "an attention score maps "
                + scored
                + " features to 1, not "
                + score.inFeatures()
                + " to "
                + score.outFeatures());
      }
    }

    @Override
    public List<Parameter> parameters() {
      List<Parameter> parameters = new ArrayList<>();
      if (hidden != null) {
        parameters.addAll(hidden.parameters());
      }
      parameters.addAll(score.parameters());
      return List.copyOf(parameters);
    }
  }

  private static void requireSizes(int inputSize, int hiddenSize, int numLayers) {
    requirePositive("input_size", inputSize);
    requirePositive("hidden_size", hiddenSize);
    requirePositive("num_layers", numLayers);
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be positive, not " + value);
    }
  }
}

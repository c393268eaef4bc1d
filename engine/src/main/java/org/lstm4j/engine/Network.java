// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.lstm4j.engine.assembly.Weights;

/**
 * An immutable network: its layers, their weights packed once for this machine, and a description
 * of its input.
 *
 * <p>A network is data. {@link #newSession()} makes something that runs; any number of sessions, on
 * any threads, share the one packed copy of the weights. All methods may be called from any thread.
 *
 * <p>The weights lie off-heap, in one {@link WeightStorage} that is chosen when the network is
 * built, and are freed by {@link #close()}, which throws and frees nothing while sessions are open.
 */
public final class Network implements AutoCloseable {
  private final List<Layer> layers;
  private final boolean batchFirst;
  private final OneToMany oneToMany;
  private final State initialState;
  private final Map<String, String> metadata;
  private final Weights weights;
  private int openSessions;
  private boolean closed;

  private Network(Builder builder, Weights weights) {
    this.layers = List.copyOf(builder.layers);
    this.batchFirst = builder.batchFirst;
    this.oneToMany = builder.oneToMany;
    this.initialState = builder.initialState;
    this.metadata = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(builder.metadata));
    this.weights = weights;
  }

  /**
   * Starts a network of no layers.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the layers, in the order in which data flows} */
  public List<Layer> layers() {
    return layers;
  }

  /**
   * {@return whether sequences of more than one batch row are laid out [batch, time step, feature]
   * rather than [time step, batch, feature]: PyTorch's {@code batch_first}}
   */
  public boolean batchFirst() {
    return batchFirst;
  }

  /**
   * {@return how one input becomes a sequence; empty where every time step has an input of its own}
   */
  public Optional<OneToMany> oneToMany() {
    return Optional.ofNullable(oneToMany);
  }

  /**
   * {@return a copy of the state, of one batch row, that every batch row of a session starts from;
   * empty where that is zeros}
   */
  public Optional<State> initialState() {
    return Optional.ofNullable(initialState).map(State::copy);
  }

  /** {@return whether the input is one integer token a time step, in [0, {@link #inputSize()})} */
  public boolean takesTokens() {
    return takesTokens(layers);
  }

  /**
   * {@return features per time step of the input, or the number of tokens where it takes tokens}
   */
  public int inputSize() {
    return layers.getFirst().inputSize();
  }

  /** {@return features per time step of the output} */
  public int outputSize() {
    return layers.getLast().outputSize();
  }

  /**
   * {@return the layer that reads a sequence over time, where there is one: a many-to-one network}
   */
  public Optional<Layer.Readout> readout() {
    return layers.stream()
        .filter(Layer.Readout.class::isInstance)
        .map(Layer.Readout.class::cast)
        .findFirst();
  }

  /**
   * Whether an output may depend on later time steps: bidirectional layers, {@link Layer.Reverse},
   * and pooling over time. Such a network cannot {@link Session#step}; it runs whole sequences of
   * at most {@link SessionOptions#maxSteps} time steps.
   *
   * @return whether only {@code run} will do
   */
  public boolean needsWholeSequence() {
    return needsWholeSequence(layers);
  }

  /** {@return the names and shapes of all weight tensors, in layer order} */
  public List<Parameter> parameters() {
    return layers.stream().flatMap(layer -> layer.parameters().stream()).toList();
  }

  /** {@return how the weights of matrices are stored} */
  public WeightStorage weights() {
    return weights.storage();
  }

  /**
   * One weight tensor; a new copy. Where {@link #weights()} is FLOAT32, it is bit for bit as it was
   * given to {@link Builder#build}. Else a matrix has the values that are stored in its place.
   *
   * @param name a name of {@link #parameters()}
   * @return the tensor
   * @throws IllegalArgumentException if the network has no such parameter
   * @throws IllegalStateException if the network is closed
   */
  public synchronized Tensor parameter(String name) {
    requireOpen();
    return weights.tensor(name);
  }

  /** {@return free text that travels with the model, for example where it came from} */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return the number of weights} */
  public long parameterCount() {
    return parameters().stream().mapToLong(Parameter::size).sum();
  }

  /**
   * Floating-point operations per time step and batch row: two for every weight of a matrix. Gate
   * arithmetic and activations are not counted.
   *
   * @return the number of operations
   */
  public long flopsPerStep() {
    return layers.stream()
        .filter(layer -> !(layer instanceof Layer.Embedding))
        .flatMap(layer -> layer.parameters().stream())
        .filter(parameter -> parameter.shape().size() == 2)
        .mapToLong(parameter -> 2 * parameter.size())
        .sum();
  }

  /**
   * {@return bytes of off-heap memory that the packed weights take, padding included: those of
   * {@link #weights()}, and those of each other {@link WeightStorage} that a session has asked for}
   */
  public synchronized long packedBytes() {
    return weights.bytes();
  }

  /** {@return a session with default options} */
  public Session newSession() {
    return newSession(SessionOptions.defaults());
  }

  /**
   * A session: state and scratch memory of its own over this network's weights.
   *
   * @param options batch, time steps, storage of weights and so on
   * @return a session that starts from {@link #initialState()}, or from zeros
   * @throws IllegalArgumentException if the options ask for another storage of weights than {@link
   *     #weights()}, and that is not FLOAT32
   * @throws IllegalStateException if the network is closed
   */
  public synchronized Session newSession(SessionOptions options) {
    requireOpen();
    options.weights().ifPresent(this::requireWeights);
    Session session = new Session(this, weights, options);
    openSessions++;
    return session;
  }

  /** A storage can be made of float32 weights alone. */
  private void requireWeights(WeightStorage asked) {
    if (weights() != asked && weights() != WeightStorage.FLOAT32) {
      throw new IllegalArgumentException(
          ("the network has its weights in %s only, so a session cannot have them in %s: build or"
                  + " open the network with weights in %s")
              .formatted(
                  weights(),
                  asked,
                  asked == WeightStorage.FLOAT32 ? asked : "FLOAT32 or " + asked));
    }
  }

  synchronized void sessionClosed() {
    openSessions--;
  }

  /**
   * Frees the weights. Closing twice does nothing.
   *
   * @throws IllegalStateException if sessions are open; nothing is freed then
   */
  @Override
  public synchronized void close() {
    if (openSessions > 0) {
      throw new IllegalStateException(
          "the network has " + openSessions + " open session(s): close them first");
    }
    if (!closed) {
      closed = true;
      weights.close();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the network is closed");
    }
  }

  private static boolean takesTokens(List<Layer> layers) {
    return isTokenLayer(layers.getFirst());
  }

  private static boolean isTokenLayer(Layer layer) {
    return layer instanceof Layer.OneHot || layer instanceof Layer.Embedding;
  }

  private static boolean needsWholeSequence(List<Layer> layers) {
    for (Layer layer : NetworkRules.leaves(layers)) {
      boolean pooling = layer instanceof Layer.Readout && !(layer instanceof Layer.ReadLast);
      if (pooling || NetworkRules.readsBackward(layer)) {
        return true;
      }
    }
    return false;
  }

  /** Collects layers and description, checks that they fit together, and packs the weights. */
  public static final class Builder {
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private boolean batchFirst;
    private OneToMany oneToMany;
    private State initialState;
    private WeightStorage weights = WeightStorage.FLOAT32;

    private Builder() {}

    /**
     * Appends layers.
     *
     * @param more the layers, in the order in which data flows
     * @return this builder
     */
    public Builder add(Layer... more) {
      layers.addAll(List.of(more));
      return this;
    }

    /**
     * See {@link Network#batchFirst()}; false unless set.
     *
     * @param value true for [batch, time step, feature]
     * @return this builder
     */
    public Builder batchFirst(boolean value) {
      batchFirst = value;
      return this;
    }

    /**
     * See {@link Network#oneToMany()}; {@code null}, the default, for none.
     *
     * @param value what the time steps after the first are given
     * @return this builder
     */
    public Builder oneToMany(OneToMany value) {
      oneToMany = value;
      return this;
    }

    /**
     * A learned initial state, which a session starts from and is reset to; {@code null}, the
     * default, for zeros.
     *
     * @param value of one batch row, for example {@link State#zeros(List, int)} filled; copied
     * @return this builder
     */
    public Builder initialState(State value) {
      initialState = value == null ? null : value.copy();
      return this;
    }

    /**
     * How the network holds the weights of its matrices: in this storage and no other; FLOAT32
     * unless set. The float32 values of a smaller storage are gone once a row of them is stored, so
     * that building it takes little more memory than the network itself.
     *
     * @param value how weights are stored
     * @return this builder
     */
    public Builder weights(WeightStorage value) {
      weights = Objects.requireNonNull(value, "weights");
      return this;
    }

    /**
     * Adds a line of free text.
     *
     * @param key what it is about
     * @param value the text
     * @return this builder
     */
    public Builder metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /** {@return the names and shapes of the tensors that {@link #build} will ask its source for} */
    public List<Parameter> parameters() {
      return layers.stream().flatMap(layer -> layer.parameters().stream()).toList();
    }

    /**
     * The network. Every parameter is read from the source once and packed; the source may be
     * closed afterwards.
     *
     * @param source gives the weights
     * @return the network
     * @throws IllegalArgumentException if the layers do not fit together, if the initial state is
     *     not one of theirs with one batch row, or if the source lacks a parameter or has it in
     *     another shape
     */
    public Network build(WeightSource source) {
      new NetworkRules(layers, oneToMany, initialState).check();
      return new Network(this, Weights.pack(layers, source, weights));
    }
  }
}

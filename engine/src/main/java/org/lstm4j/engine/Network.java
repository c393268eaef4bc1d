// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An immutable network: its layers, their weights packed once for this machine, and a description
 * of its input.
 *
 * <p>A network is data. {@link #newSession()} makes something that runs; any number of sessions, on
 * any threads, share the one packed copy of the weights. All methods may be called from any thread.
 *
 * <p>The weights lie off-heap and are freed by {@link #close()}, which throws and frees nothing
 * while sessions are open.
 */
public final class Network implements AutoCloseable {
  private final List<Layer> layers;
  private final boolean batchFirst;
  private final OneToMany oneToMany;
  private final Map<String, String> metadata;
  private final Weights weights;
  private int openSessions;
  private boolean closed;

  private Network(Builder builder, Weights weights) {
    this.layers = List.copyOf(builder.layers);
    this.batchFirst = builder.batchFirst;
    this.oneToMany = builder.oneToMany;
    this.metadata = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(builder.metadata));
    this.weights = weights;
  }

  /** Starts a network of no layers. */
  public static Builder builder() {
    return new Builder();
  }

  /** The layers, in the order in which data flows. */
  public List<Layer> layers() {
    return layers;
  }

  /**
   * Whether sequences of more than one batch row are laid out [batch, time step, feature] rather
   * than [time step, batch, feature]: PyTorch's {@code batch_first}.
   */
  public boolean batchFirst() {
    return batchFirst;
  }

  /** How one input becomes a sequence; empty where every time step has an input of its own. */
  public Optional<OneToMany> oneToMany() {
    return Optional.ofNullable(oneToMany);
  }

  /** Whether the input is one integer token a time step, in [0, {@link #inputSize()}). */
  public boolean takesTokens() {
    return takesTokens(layers);
  }

  /** Features per time step of the input, or the number of tokens where it takes tokens. */
  public int inputSize() {
    return layers.getFirst().inputSize();
  }

  /** Features per time step of the output. */
  public int outputSize() {
    return layers.getLast().outputSize();
  }

  /** The layer that reads a sequence over time, where there is one: a many-to-one network. */
  public Optional<Layer.Readout> readout() {
    return layers.stream()
        .filter(Layer.Readout.class::isInstance)
        .map(Layer.Readout.class::cast)
        .findFirst();
  }

  /**
   * Whether an output may depend on later time steps: bidirectional layers and pooling over time.
   * Such a network cannot {@link Session#step}; it runs whole sequences of at most {@link
   * SessionOptions#maxSteps} time steps.
   */
  public boolean needsWholeSequence() {
    return needsWholeSequence(layers);
  }

  /** The names and shapes of all weight tensors, in layer order. */
  public List<Parameter> parameters() {
    return layers.stream().flatMap(layer -> layer.parameters().stream()).toList();
  }

  /**
   * One weight tensor, bit for bit as it was given to {@link Builder#build}; a new copy.
   *
   * @throws IllegalArgumentException if the network has no such parameter
   * @throws IllegalStateException if the network is closed
   */
  public synchronized Tensor parameter(String name) {
    requireOpen();
    return weights.tensor(name);
  }

  /** Free text that travels with the model, for example where it came from. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The number of weights. */
  public long parameterCount() {
    return parameters().stream().mapToLong(Parameter::size).sum();
  }

  /**
   * Floating-point operations per time step and batch row: two for every weight of a matrix. Gate
   * arithmetic and activations are not counted.
   */
  public long flopsPerStep() {
    return layers.stream()
        .filter(layer -> !(layer instanceof Layer.Embedding))
        .flatMap(layer -> layer.parameters().stream())
        .filter(parameter -> parameter.shape().size() == 2)
        .mapToLong(parameter -> 2 * parameter.size())
        .sum();
  }

  /** Bytes of off-heap memory that the packed weights take, padding included. */
  public long packedBytes() {
    return weights.bytes();
  }

  /** A session with default options. */
  public Session newSession() {
    return newSession(SessionOptions.defaults());
  }

  /**
   * A session: state and scratch memory of its own over this network's weights.
   *
   * @throws IllegalStateException if the network is closed
   */
  public synchronized Session newSession(SessionOptions options) {
    requireOpen();
    Session session = new Session(this, weights, options);
    openSessions++;
    return session;
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
    return layers.stream()
        .anyMatch(layer ->
            switch (layer) {
              case Layer.Lstm lstm -> lstm.bidirectional();
              case Layer.ReadLast _ -> false;
              case Layer.Readout _ -> true;
              default -> false;
            });
  }

  /** Collects layers and description, checks that they fit together, and packs the weights. */
  public static final class Builder {
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private boolean batchFirst;
    private OneToMany oneToMany;

    private Builder() {}

    /** Appends layers. */
    public Builder add(Layer... more) {
      layers.addAll(List.of(more));
      return this;
    }

    /** See {@link Network#batchFirst()}; false unless set. */
    public Builder batchFirst(boolean value) {
      batchFirst = value;
      return this;
    }

    /** See {@link Network#oneToMany()}; {@code null}, the default, for none. */
    public Builder oneToMany(OneToMany value) {
      oneToMany = value;
      return this;
    }

    /** Adds a line of free text. */
    public Builder metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /** The names and shapes of the tensors that {@link #build} will ask its source for. */
    public List<Parameter> parameters() {
      return layers.stream().flatMap(layer -> layer.parameters().stream()).toList();
    }

    /**
     * The network. Every parameter is read from the source once and packed; the source may be
     * closed afterwards.
     *
     * @throws IllegalArgumentException if the layers do not fit together, or if the source lacks a
     *     parameter or has it in another shape
     */
    public Network build(WeightSource source) {
      new NetworkRules(layers, oneToMany).check();
      return new Network(this, Weights.pack(layers, source));
    }
  }
}

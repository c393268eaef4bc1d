// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The recurrent state of a session: for each LSTM of the network, in layer order, its hidden state
 * h and cell state c in PyTorch's layout, [layers * directions, batch, features], row-major. It
 * does not depend on the machine, so it may be stored and restored elsewhere.
 *
 * <p>A state is a plain holder on the heap, unconnected to any session: {@link Session#state()}
 * copies out, {@link Session#setState} copies in. It is not safe for use by several threads at
 * once.
 */
public final class State {
  private final int batch;
  private final List<Layer.Lstm> lstms;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  private record Part(long[] hShape, long[] cShape, float[] h, float[] c) {}

  private State(int batch, List<Layer.Lstm> lstms) {
    this.batch = batch;
    this.lstms = lstms;
  }

  /**
   * A state of zeros that fits a network.
   *
   * @param network the network whose LSTMs it is for
   * @param batch batch rows
   * @return the state
   * @throws IllegalArgumentException if {@code batch} is not positive
   */
  public static State zeros(Network network, int batch) {
    if (batch <= 0) {
      throw new IllegalArgumentException("batch must be positive, not " + batch);
    }
    State state = new State(batch, lstms(network));
    for (Layer.Lstm lstm : state.lstms) {
      int blocks = lstm.numLayers() * lstm.numDirections();
      state.parts.put(
          lstm.name(),
          new Part(
              shape(lstm, batch, lstm.hiddenOutputSize()),
              shape(lstm, batch, lstm.hiddenSize()),
              new float[Math.multiplyExact(blocks * batch, lstm.hiddenOutputSize())],
              new float[Math.multiplyExact(blocks * batch, lstm.hiddenSize())]));
    }
    return state;
  }

  /** The LSTMs of a network, in layer order. */
  static List<Layer.Lstm> lstms(Network network) {
    List<Layer.Lstm> lstms = new ArrayList<>();
    for (Layer layer : network.layers()) {
      if (layer instanceof Layer.Lstm lstm) {
        lstms.add(lstm);
      }
    }
    return lstms;
  }

  /** An LSTMCell's states have no dimension for layers. */
  private static long[] shape(Layer.Lstm lstm, int batch, int features) {
    return lstm.cell()
        ? new long[] {batch, features}
        : new long[] {(long) lstm.numLayers() * lstm.numDirections(), batch, features};
  }

  /** {@return batch rows} */
  public int batch() {
    return batch;
  }

  /** {@return the names of the LSTMs, in layer order} */
  public List<String> layers() {
    return List.copyOf(parts.keySet());
  }

  /**
   * The hidden state of an LSTM; the live array, so that it can be set.
   *
   * @param layer the name of an LSTM
   * @return [layers * directions, batch, features]
   * @throws IllegalArgumentException if there is no LSTM of that name
   */
  public float[] h(String layer) {
    return part(layer).h;
  }

  /**
   * The cell state of an LSTM; the live array, so that it can be set.
   *
   * @param layer the name of an LSTM
   * @return [layers * directions, batch, hidden size]
   * @throws IllegalArgumentException if there is no LSTM of that name
   */
  public float[] c(String layer) {
    return part(layer).c;
  }

  /**
   * The shape of {@link #h}: [layers * directions, batch, features], or [batch, features].
   *
   * @param layer the name of an LSTM
   * @return a new array
   */
  public long[] hShape(String layer) {
    return part(layer).hShape.clone();
  }

  /**
   * The shape of {@link #c}: [layers * directions, batch, hidden size], or [batch, hidden size].
   *
   * @param layer the name of an LSTM
   * @return a new array
   */
  public long[] cShape(String layer) {
    return part(layer).cShape.clone();
  }

  private Part part(String layer) {
    Part part = parts.get(layer);
    if (part == null) {
      throw new IllegalArgumentException(
          "the state has no LSTM named '" + layer + "'; it has " + parts.keySet());
    }
    return part;
  }

  /** Whether this is a state of these LSTMs with that many batch rows. */
  boolean fits(List<Layer.Lstm> others, int rows) {
    return batch == rows && lstms.equals(others);
  }
}

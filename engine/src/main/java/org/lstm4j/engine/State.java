// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The recurrent state of a session: for each recurrent layer of the network, in layer order, its
 * hidden state h and, of an LSTM, its cell state c, in PyTorch's layout, [layers * directions,
 * batch, features], row-major. It does not depend on the machine, so it may be stored and restored
 * elsewhere.
 *
 * <p>A state is a plain holder on the heap, unconnected to any session: {@link Session#state()}
 * copies out, {@link Session#setState} copies in. It is not safe for use by several threads at
 * once.
 */
public final class State {
  private final int batch;
  private final List<Layer.Recurrent> recurrents;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  /** {@code cShape} and {@code c} are {@code null} where there is no cell state. */
  private record Part(long[] hShape, long[] cShape, float[] h, float[] c) {}

  private State(int batch, List<Layer.Recurrent> recurrents) {
    this.batch = batch;
    this.recurrents = recurrents;
  }

  /**
   * A state of zeros that fits a network.
   *
   * @param network the network whose recurrent layers it is for
   * @param batch batch rows
   * @return the state
   * @throws IllegalArgumentException if {@code batch} is not positive
   */
  public static State zeros(Network network, int batch) {
    return zeros(network.layers(), batch);
  }

  /**
   * A state of zeros that fits the network of these layers, which need not be built yet: for {@link
   * Network.Builder#initialState}.
   *
   * @param layers the layers in the order in which data flows
   * @param batch batch rows
   * @return the state
   * @throws IllegalArgumentException if {@code batch} is not positive
   */
  public static State zeros(List<Layer> layers, int batch) {
    if (batch <= 0) {
      throw new IllegalArgumentException("batch must be positive, not " + batch);
    }
    State state = new State(batch, recurrents(layers));
    for (Layer.Recurrent layer : state.recurrents) {
      state.parts.put(layer.name(), part(layer, batch));
    }
    return state;
  }

  /**
   * The state that a new session starts from: the network's initial state in every batch row, or
   * zeros.
   *
   * @param network the network whose recurrent layers it is for
   * @param batch batch rows
   * @return the state
   * @throws IllegalArgumentException if {@code batch} is not positive
   */
  public static State initial(Network network, int batch) {
    State state = zeros(network, batch);
    network.initialState().ifPresent(row -> row.copyToEachRowOf(state));
    return state;
  }

  private static Part part(Layer.Recurrent layer, int batch) {
    long[] hShape = shape(layer, batch, layer.hiddenOutputSize());
    if (!layer.hasCellState()) {
      return new Part(hShape, null, zeros(hShape), null);
    }
    long[] cShape = shape(layer, batch, layer.hiddenSize());
    return new Part(hShape, cShape, zeros(hShape), zeros(cShape));
  }

  private static float[] zeros(long[] shape) {
    long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return new float[Math.toIntExact(size)];
  }

  /** The recurrent layers among layers and inside them, in layer order. */
  static List<Layer.Recurrent> recurrents(List<Layer> layers) {
    List<Layer.Recurrent> recurrents = new ArrayList<>();
    for (Layer layer : NetworkRules.leaves(layers)) {
      if (layer instanceof Layer.Recurrent recurrent) {
        recurrents.add(recurrent);
      }
    }
    return recurrents;
  }

  /** The states of PyTorch's cells have no dimension for layers. */
  private static long[] shape(Layer.Recurrent layer, int batch, int features) {
    return layer.cell()
        ? new long[] {batch, features}
        : new long[] {(long) layer.numLayers() * layer.numDirections(), batch, features};
  }

  /** {@return batch rows} */
  public int batch() {
    return batch;
  }

  /** {@return the names of the recurrent layers, in layer order} */
  public List<String> layers() {
    return List.copyOf(parts.keySet());
  }

  /**
   * Whether a recurrent layer has a cell state: an LSTM has.
   *
   * @param layer the name of a recurrent layer
   * @return whether {@link #c} gives it
   * @throws IllegalArgumentException if there is no recurrent layer of that name
   */
  public boolean hasCellState(String layer) {
    return part(layer).c != null;
  }

  /**
   * The hidden state of a recurrent layer; the live array, so that it can be set.
   *
   * @param layer the name of a recurrent layer
   * @return [layers * directions, batch, features]
   * @throws IllegalArgumentException if there is no recurrent layer of that name
   */
  public float[] h(String layer) {
    return part(layer).h;
  }

  /**
   * The cell state of an LSTM; the live array, so that it can be set.
   *
   * @param layer the name of a recurrent layer
   * @return [layers * directions, batch, hidden size]
   * @throws IllegalArgumentException if there is no LSTM of that name; a GRU or an RNN has no cell
   *     state
   */
  public float[] c(String layer) {
    return partWithCellState(layer).c;
  }

  /**
   * The shape of {@link #h}: [layers * directions, batch, features], or [batch, features].
   *
   * @param layer the name of a recurrent layer
   * @return a new array
   */
  public long[] hShape(String layer) {
    return part(layer).hShape.clone();
  }

  /**
   * The shape of {@link #c}: [layers * directions, batch, hidden size], or [batch, hidden size].
   *
   * @param layer the name of a recurrent layer
   * @return a new array
   */
  public long[] cShape(String layer) {
    return partWithCellState(layer).cShape.clone();
  }

  /** A copy that shares nothing with this. */
  State copy() {
    State copy = new State(batch, recurrents);
    parts.forEach((name, part) -> {
      float[] c = part.c == null ? null : part.c.clone();
      copy.parts.put(name, new Part(part.hShape, part.cShape, part.h.clone(), c));
    });
    return copy;
  }

  /** For a state of one batch row. */
  private void copyToEachRowOf(State state) {
    for (Layer.Recurrent layer : recurrents) {
      Part row = part(layer.name());
      Part rows = state.part(layer.name());
      repeat(row.h, layer.hiddenOutputSize(), rows.h, state.batch);
      if (layer.hasCellState()) {
        repeat(row.c, layer.hiddenSize(), rows.c, state.batch);
      }
    }
  }

  private static void repeat(float[] from, int features, float[] to, int batch) {
    for (int i = 0; i < to.length / features; i++) {
      System.arraycopy(from, i / batch * features, to, i * features, features);
    }
  }

  private Part part(String layer) {
    Part part = parts.get(layer);
    if (part == null) {
      throw new IllegalArgumentException(
          "the state has no recurrent layer named '" + layer + "'; it has " + parts.keySet());
    }
    return part;
  }

  /** The live cell state; {@code null} where there is none. */
  float[] cellState(String layer) {
    return part(layer).c;
  }

  private Part partWithCellState(String layer) {
    Part part = part(layer);
    if (part.c == null) {
      throw new IllegalArgumentException(
          "the recurrent layer named '" + layer + "' has no cell state c: only an LSTM has one");
    }
    return part;
  }

  /** Whether this is a state of these layers with that many batch rows. */
  boolean fits(List<Layer.Recurrent> others, int rows) {
    return batch == rows && recurrents.equals(others);
  }
}

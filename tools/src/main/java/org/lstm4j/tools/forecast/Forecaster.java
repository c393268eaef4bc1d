// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.format.Normalisation;
import org.lstm4j.format.Normalisation.Column;

/**
 * Forecasts the columns of a table: normalises a window of time steps, runs a network over it, and
 * brings its last output back into the units of the columns.
 *
 * <p>Belongs to one thread at a time, and frees its memory when it is closed. The network stays the
 * caller's and open until then.
 */
public final class Forecaster implements AutoCloseable {
  private final Normalisation normalisation;
  private final List<Column> outputs;
  private final int firstAhead;
  private final int stepsPerRun;
  private final Session session;

  /**
   * A forecaster.
   *
   * @param network takes the input columns and gives the output columns, for one time step or for
   *     all up to the horizon; many-to-one, or the output of the last time step is what counts
   * @param normalisation of its model file
   * @throws IllegalArgumentException if the network does not forecast, or not so
   */
  public Forecaster(Network network, Normalisation normalisation) {
    if (normalisation.window() == 0) {
      throw new IllegalArgumentException(
          "the model has no window and no horizon, so it does not forecast; 'run' runs it");
    }
    if (network.oneToMany().isPresent()) {
      throw new IllegalArgumentException(
          "a one-to-many network reads no window, so it does not forecast; 'run' runs it");
    }
    this.normalisation = normalisation;
    this.outputs =
        normalisation.outputs().isEmpty() ? unnamed(network.outputSize()) : normalisation.outputs();
    if (network.inputSize() != normalisation.inputs().size()
        || network.outputSize() % outputs.size() != 0) {
      throw new IllegalArgumentException(
          "the network takes %d features and gives %d, which is not what its normalisation says"
              .formatted(network.inputSize(), network.outputSize()));
    }
    this.stepsPerRun = network.outputSize() / outputs.size();
    this.firstAhead = normalisation.horizon() - stepsPerRun + 1;
    this.session =
        network.newSession(SessionOptions.defaults().withMaxSteps(normalisation.window()));
  }

  private static List<Column> unnamed(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Column("output_" + i, 0, 1)).toList();
  }

  /** {@return the names of the columns that are read} */
  public List<String> inputNames() {
    return normalisation.inputs().stream().map(Column::name).toList();
  }

  /** {@return the names of the columns that are forecast} */
  public List<String> outputNames() {
    return outputs.stream().map(Column::name).toList();
  }

  /** {@return time steps that a forecast reads} */
  public int window() {
    return normalisation.window();
  }

  /** {@return time steps that the network goes ahead by itself} */
  public int horizon() {
    return normalisation.horizon();
  }

  /**
   * Why forecasts cannot be fed back to go beyond the horizon: empty if they can.
   *
   * @return one sentence
   */
  public Optional<String> whyNoFeedback() {
    if (firstAhead > 1) {
      return Optional.of(
          "it forecasts the time step %d ahead and none before it; leave --steps out"
              .formatted(horizon()));
    }
    return inputNames().stream()
        .filter(name -> !outputNames().contains(name))
        .findFirst()
        .map(name ->
            "it reads the column '%s', which it does not forecast; give at most --steps %d"
                .formatted(name, horizon()));
  }

  /**
   * Forecasts what follows a window.
   *
   * @param table [row, input column], in the units of the columns; read only
   * @param firstRow of the window
   * @param steps how many time steps to go ahead; beyond the horizon, forecasts are read as if they
   *     were measured
   * @return one forecast a time step, the nearest first
   * @throws IllegalArgumentException if the window leaves the table, or if the network cannot go
   *     that far ahead
   */
  public List<Forecast> after(float[] table, int firstRow, int steps) {
    requireReach(steps);
    int features = normalisation.inputs().size();
    // Checks that the window lies inside.
    Objects.checkFromIndexSize(firstRow, window(), table.length / features);
    float[] seen = Arrays.copyOfRange(table, firstRow * features, (firstRow + window()) * features);
    List<Forecast> forecasts = new ArrayList<>();
    int lastRow = firstRow + window() - 1;
    for (int read = 0; read < steps; read += horizon()) {
      float[] ys = run(seen);
      for (int step = 0; step < stepsPerRun; step++) {
        int ahead = read + firstAhead + step;
        if (ahead <= steps) {
          forecasts.add(new Forecast(lastRow + ahead, ahead, denormalised(ys, step)));
        }
      }
      if (read + horizon() < steps) {
        feedBack(seen, forecasts.subList(forecasts.size() - stepsPerRun, forecasts.size()));
      }
    }
    return List.copyOf(forecasts);
  }

  private void requireReach(int steps) {
    boolean direct = steps == horizon() || (firstAhead == 1 && steps >= 1 && steps < horizon());
    if (steps < 1 || (!direct && whyNoFeedback().isPresent())) {
      throw new IllegalArgumentException(
          "the model cannot forecast %d time steps: %s"
              .formatted(steps, whyNoFeedback().orElse("give 1 or more")));
    }
  }

  private float[] run(float[] seen) {
    float[] xs = new float[seen.length];
    List<Column> inputs = normalisation.inputs();
    for (int i = 0; i < xs.length; i++) {
      Column column = inputs.get(i % inputs.size());
      xs[i] = (float) ((seen[i] - column.mean()) / column.scale());
    }
    int size = stepsPerRun * outputs.size();
    float[] ys = new float[session.outputSteps(window()) * size];
    session.reset();
    session.run(xs, window(), ys);
    return Arrays.copyOfRange(ys, ys.length - size, ys.length);
  }

  private List<Float> denormalised(float[] ys, int step) {
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Column column = outputs.get(i);
      values.add((float) (ys[step * outputs.size() + i] * column.scale() + column.mean()));
    }
    return values;
  }

  /** Moves the window on over what was forecast. */
  private void feedBack(float[] seen, List<Forecast> forecasts) {
    List<String> names = inputNames();
    int features = names.size();
    for (Forecast forecast : forecasts) {
      System.arraycopy(seen, features, seen, 0, seen.length - features);
      for (int i = 0; i < features; i++) {
        float value = forecast.values().get(outputNames().indexOf(names.get(i)));
        seen[seen.length - features + i] = value;
      }
    }
  }

  /** Frees the memory. */
  @Override
  public void close() {
    session.close();
  }
}

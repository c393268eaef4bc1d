// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lstm4j.engine.training.Window;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.Normalisation;
import org.lstm4j.tools.data.CsvSeries;
import org.lstm4j.tools.data.NonFinite;

/**
 * A table whose columns are forecast, normalised by the mean and standard deviation of what
 * training sees. Immutable, hence safe to share between threads.
 */
public final class SeriesData {
  private final SeriesTask task;
  private final Normalisation normalisation;
  // [row, column], normalised
  private final float[] inputs;
  private final float[] targets;
  private final Split.Parts parts;

  private SeriesData(
      CsvSeries table, SeriesTask task, Split.Parts parts, Normalisation normalisation) {
    this.task = task;
    this.parts = parts;
    this.normalisation = normalisation;
    this.inputs = normalised(table, normalisation.inputs(), 0);
    this.targets = normalised(table, normalisation.outputs(), task.inputs().size());
  }

  /**
   * Reads a table. Columns that the task does not name may hold anything.
   *
   * @param file CSV, one time step a row
   * @param task what is forecast from what
   * @param split what is held back for validation
   * @throws IllegalArgumentException if there is no such column
   * @throws ModelFormatException if the file is no such table, if a cell is no finite number, or if
   *     the rows are too few for one window of each part
   * @throws IOException if the file cannot be read
   */
  public static SeriesData read(Path file, SeriesTask task, Split split) throws IOException {
    CsvSeries table = table(file, task);
    Split.Parts parts = parts(file, table, task, split);
    return new SeriesData(table, task, parts, normalisation(table, task, parts));
  }

  /**
   * Reads a table for a model that says what it forecasts from what, and how its columns are
   * normalised, whatever their mean and standard deviation are in this table.
   *
   * @param file CSV, one time step a row
   * @param normalisation of a model that forecasts, with output columns
   * @param split what is held back for validation
   * @throws IllegalArgumentException as {@link #read(Path, SeriesTask, Split)}
   * @throws ModelFormatException as {@link #read(Path, SeriesTask, Split)}
   * @throws IOException if the file cannot be read
   */
  public static SeriesData read(Path file, Normalisation normalisation, Split split)
      throws IOException {
    SeriesTask task =
        new SeriesTask(
            names(normalisation.inputs()),
            names(normalisation.outputs()),
            normalisation.window(),
            normalisation.horizon());
    CsvSeries table = table(file, task);
    return new SeriesData(table, task, parts(file, table, task, split), normalisation);
  }

  private static List<String> names(List<Normalisation.Column> columns) {
    return columns.stream().map(Normalisation.Column::name).toList();
  }

  private static CsvSeries table(Path file, SeriesTask task) throws IOException {
    List<String> names = Stream.concat(task.inputs().stream(), task.targets().stream()).toList();
    CsvSeries table = CsvSeries.read(file, NonFinite.REFUSE, names);
    if (table.rowCount() < task.rows()) {
      throw new ModelFormatException(
          "%s: has %d rows, but a window of %d and a horizon of %d take %d; give more rows or a shorter window"
              .formatted(file, table.rowCount(), task.window(), task.horizon(), task.rows()));
    }
    return table;
  }

  private static Split.Parts parts(Path file, CsvSeries table, SeriesTask task, Split split)
      throws ModelFormatException {
    Split.Parts parts = split.windows(table.rowCount(), task.window(), task.horizon());
    if (parts.training().length == 0 || (parts.validation().length == 0 && split.share() > 0)) {
      throw new ModelFormatException(
          "%s: has %d rows, of which a share of %s for validation leaves %d windows to train and %d to validate; give more rows or another share"
              .formatted(
                  file,
                  table.rowCount(),
                  split.share(),
                  parts.training().length,
                  parts.validation().length));
    }
    return parts;
  }

  private static Normalisation normalisation(CsvSeries table, SeriesTask task, Split.Parts parts) {
    BitSet seen = rowsOf(parts.training(), Math.toIntExact(task.rows()));
    return new Normalisation(
        scales(table, task.inputs(), 0, seen),
        scales(table, task.targets(), task.inputs().size(), seen),
        task.window(),
        task.horizon());
  }

  private static BitSet rowsOf(int[] windows, int length) {
    BitSet rows = new BitSet();
    for (int first : windows) {
      rows.set(first, first + length);
    }
    return rows;
  }

  private static List<Normalisation.Column> scales(
      CsvSeries table, List<String> names, int offset, BitSet rows) {
    return IntStream.range(0, names.size())
        .mapToObj(i -> ColumnScale.of(names.get(i), table.column(offset + i), rows))
        .toList();
  }

  private static float[] normalised(
      CsvSeries table, List<Normalisation.Column> columns, int offset) {
    float[] result = new float[table.rowCount() * columns.size()];
    for (int i = 0; i < columns.size(); i++) {
      float[] column = table.column(offset + i);
      Normalisation.Column scale = columns.get(i);
      for (int row = 0; row < column.length; row++) {
        result[row * columns.size() + i] = (float) ((column[row] - scale.mean()) / scale.scale());
      }
    }
    return result;
  }

  /** {@return what is forecast from what} */
  public SeriesTask task() {
    return task;
  }

  /** {@return how the columns become features; belongs into the model file} */
  public Normalisation normalisation() {
    return normalisation;
  }

  /** {@return how many windows there are to train} */
  public int trainingWindows() {
    return parts.training().length;
  }

  /** {@return how many windows there are to validate} */
  public int validationWindows() {
    return parts.validation().length;
  }

  /** {@return the first row of each validation window, ascending; a copy} */
  public int[] validationRows() {
    return parts.validation().clone();
  }

  /**
   * The training windows, in an order of each epoch's own.
   *
   * @param batch windows of a batch, at most {@link #trainingWindows()}
   * @param seed of the order
   */
  public Batches training(int batch, long seed) {
    return Batches.training(parts.training(), batch, seed, this::window);
  }

  /**
   * The validation windows, each once.
   *
   * @param batch windows of a batch, at least 1
   */
  public Batches validation(int batch) {
    return Batches.validation(parts.validation(), batch, this::window);
  }

  private Window window(int[] firstRows) {
    return Window.of(inputs(firstRows), task.window(), targets(firstRows));
  }

  /** What windows read, [time step, batch, input]. */
  float[] inputs(int[] firstRows) {
    int features = task.inputs().size();
    int batch = firstRows.length;
    float[] xs = new float[Math.multiplyExact(Math.multiplyExact(task.window(), batch), features)];
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < task.window(); t++) {
        int row = firstRows[b] + t;
        System.arraycopy(inputs, row * features, xs, (t * batch + b) * features, features);
      }
    }
    return xs;
  }

  /** What follows windows, [batch, time step to come * target]. */
  float[] targets(int[] firstRows) {
    int outputs = task.outputSize();
    float[] ys = new float[Math.multiplyExact(firstRows.length, outputs)];
    for (int b = 0; b < firstRows.length; b++) {
      int ahead = (firstRows[b] + task.window()) * task.targets().size();
      System.arraycopy(targets, ahead, ys, b * outputs, outputs);
    }
    return ys;
  }
}

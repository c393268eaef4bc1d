// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lstm4j.tools.data.CsvColumns;
import org.lstm4j.tools.data.CsvReader;
import org.lstm4j.tools.data.CsvSeries;
import org.lstm4j.tools.data.NonFinite;
import org.lstm4j.tools.forecast.Forecast;
import org.lstm4j.tools.forecast.Forecaster;
import org.lstm4j.tools.plot.Plot;

/** Draws what was forecast over what was measured, and what is yet to come behind it. */
final class ForecastPicture {
  /** Of a long table, the end: enough to judge a forecast by, few enough to see each time step. */
  private static final int MEASURED_STEPS = 300;

  private final Path file;
  private final Forecaster forecaster;
  private final CsvSeries table;
  private final int ahead;

  /**
   * A picture.
   *
   * @param file that the table is read from
   * @param table its input columns
   * @param ahead time steps that the forecasts go ahead
   */
  ForecastPicture(Path file, Forecaster forecaster, CsvSeries table, int ahead) {
    this.file = file;
    this.forecaster = forecaster;
    this.table = table;
    this.ahead = ahead;
  }

  /**
   * The plot.
   *
   * @param forecasts the last ones are those of the last window
   */
  Plot of(List<Forecast> forecasts) throws IOException {
    int rows = table.rowCount();
    int first = Math.max(0, rows - MEASURED_STEPS);
    float[] truth = new float[rows - first + ahead];
    float[] prediction = new float[truth.length];
    Arrays.fill(truth, Float.NaN);
    Arrays.fill(prediction, Float.NaN);
    float[] measured = measured();
    System.arraycopy(measured, first, truth, 0, rows - first);
    float[] values = table.values();
    int lastWindow = rows - forecaster.window();
    int firstWindow = Math.max(0, first - forecaster.window() - ahead + 1);
    for (int row = firstWindow; row < lastWindow; row++) {
      draw(forecaster.after(values, row, ahead).getLast(), first, prediction);
    }
    forecasts.stream()
        .filter(forecast -> forecast.timeStep() >= rows)
        .forEach(forecast -> draw(forecast, first, prediction));
    return plot("", truth, prediction, first);
  }

  /**
   * The plot of what was forecast from some windows of the table, as far ahead as each goes, or
   * from all where those do not follow each other. Of many, the last are drawn.
   *
   * @param firstRows of the windows, ascending
   */
  Plot ofWindows(int[] firstRows) throws IOException {
    int last = table.rowCount() - forecaster.window() - ahead;
    boolean contiguous =
        firstRows.length > 1
            && firstRows[firstRows.length - 1] - firstRows[0] == firstRows.length - 1;
    int from = contiguous ? firstRows[0] : 0;
    int to = contiguous ? firstRows[firstRows.length - 1] : last;
    from = Math.max(from, to - MEASURED_STEPS + 1);
    int first = from + forecaster.window() + ahead - 1;
    float[] truth = Arrays.copyOfRange(measured(), first, first + to - from + 1);
    float[] prediction = new float[truth.length];
    float[] values = table.values();
    for (int row = from; row <= to; row++) {
      draw(forecaster.after(values, row, ahead).getLast(), first, prediction);
    }
    return plot(contiguous ? ", validation part" : ", all windows", truth, prediction, first);
  }

  private Plot plot(String part, float[] truth, float[] prediction, int first) {
    String column = forecaster.outputNames().getFirst();
    return Plot.forecast(
        "%s: %s, forecast %d time steps ahead%s".formatted(file.getFileName(), column, ahead, part),
        truth,
        prediction,
        "time step from " + first,
        column);
  }

  private static void draw(Forecast forecast, int first, float[] prediction) {
    if (forecast.timeStep() >= first) {
      prediction[forecast.timeStep() - first] = forecast.values().getFirst();
    }
  }

  /** The first output column; a table without it has no truth to draw. */
  private float[] measured() throws IOException {
    String column = forecaster.outputNames().getFirst();
    try (CsvReader reader = CsvReader.open(file, NonFinite.ALLOW)) {
      CsvColumns.of(reader, file.toString()).index(column);
    } catch (IllegalArgumentException _) {
      float[] nothing = new float[table.rowCount()];
      Arrays.fill(nothing, Float.NaN);
      return nothing;
    }
    return CsvSeries.read(file, NonFinite.ALLOW, List.of(column)).column(0);
  }
}

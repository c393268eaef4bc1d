// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.lstm4j.format.io.AtomicFile;

/**
 * A picture, 1200 by 500 pixels.
 *
 * <p>Immutable, hence safe to share between threads. Loading this class tells AWT that there is no
 * display ({@code java.awt.headless}), unless that property has a value already.
 */
public final class Plot {
  static {
    // Before the first class of AWT is initialised, or it is too late.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private final Chart chart;

  private Plot(Chart chart) {
    this.chart = chart;
  }

  /**
   * Returns a plot of a prediction over the truth, and of their difference below. NaN and
   * infinities are gaps. Of a series longer than the picture is wide, each column of pixels shows
   * the extremes.
   *
   * @param title what the plot is of
   * @param truth one value a time step, copied
   * @param prediction one value a time step, in the unit of the truth, copied
   * @param xLabel what a time step is, with its unit
   * @param yLabel what the values are, with their unit
   * @throws IllegalArgumentException if the series differ in length or have less than two time
   *     steps
   */
  public static Plot forecast(
      String title, float[] truth, float[] prediction, String xLabel, String yLabel) {
    if (truth.length != prediction.length) {
      throw new IllegalArgumentException(
          "a truth of %d time steps cannot be compared with a prediction of %d"
              .formatted(truth.length, prediction.length));
    }
    if (truth.length < 2) {
      throw new IllegalArgumentException("a line needs at least two time steps");
    }
    return new Plot(new ForecastChart(title, truth, prediction, xLabel, yLabel));
  }

  /**
   * Returns a plot of how often something took how long: both axes are logarithmic, so that one
   * call in a million is seen as well.
   *
   * @param title what the plot is of
   * @param xLabel what took the time, with its unit
   * @param series one or two, drawn in their order
   * @param marks values to point out; their names have different heights
   * @throws IllegalArgumentException if there is nothing to draw
   */
  public static Plot histogram(
      String title, String xLabel, List<HistogramSeries> series, List<HistogramSeries.Mark> marks) {
    return new Plot(new HistogramChart(title, xLabel, series, marks));
  }

  /**
   * Returns a plot of what a training came to, epoch by epoch.
   *
   * @param title what was trained
   * @param training the loss of each epoch, copied
   * @param validation the loss of the validation data after each epoch, copied; empty for none
   * @throws IllegalArgumentException if there is no epoch, or if the series differ in length
   */
  public static Plot losses(String title, float[] training, float[] validation) {
    if (training.length == 0 || (validation.length > 0 && validation.length != training.length)) {
      throw new IllegalArgumentException(
          "losses of %d and %d epochs make no picture"
              .formatted(training.length, validation.length));
    }
    return new Plot(new LossChart(title, training, validation));
  }

  /**
   * Returns a plot of lines through points that stand equally far apart, from 0 upwards.
   *
   * @param title what the plot is of
   * @param xLabel what the places are, with their unit
   * @param places the label of each, two or more
   * @param yLabel what the values are, with their unit
   * @param series one to three, the first on top, with values of 0 or more at each place
   * @throws IllegalArgumentException if there is no line to draw, or too many
   */
  public static Plot lines(
      String title, String xLabel, List<String> places, String yLabel, List<LineSeries> series) {
    if (places.size() < 2) {
      throw new IllegalArgumentException("a line needs at least two places");
    }
    for (LineSeries line : series) {
      if (line.values().size() != places.size()) {
        throw new IllegalArgumentException(
            "the line '%s' has %d values for %d places"
                .formatted(line.name(), line.values().size(), places.size()));
      }
    }
    return new Plot(new LinesChart(title, xLabel, places, yLabel, series));
  }

  /**
   * Writes the picture as PNG, as {@link AtomicFile} does.
   *
   * @throws IOException if the file cannot be written or Java finds no font; what was there before
   *     is left
   */
  public void write(Path file) throws IOException {
    requireFonts(file);
    BufferedImage image = chart.paint();
    AtomicFile.write(file, out -> ImageIO.write(image, "png", out));
  }

  private static void requireFonts(Path file) throws IOException {
    try {
      Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
      font.getStringBounds("0", new FontRenderContext(null, true, false));
    } catch (RuntimeException | LinkageError | InternalError e) {
      // Whichever it is depends on what is missing, and on whether it is the first attempt.
      throw new IOException(
          "%s: cannot be drawn without a font; install fontconfig and fonts-dejavu-core"
              .formatted(file),
          e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a prediction over the truth, and the residual in a panel of its own below. */
final class ForecastChart implements Chart {
  private static final int WIDTH = ChartStyle.WIDTH;
  private static final int MAIN_HEIGHT = 370;
  private static final int RESIDUAL_HEIGHT = ChartStyle.HEIGHT - MAIN_HEIGHT;
  // The same in both panels, so that their time steps stand below each other.
  private static final int Y_AXIS_WIDTH = 100;

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final int timeSteps;
  private final Polyline truth;
  private final Polyline prediction;
  private final Polyline residual;

  ForecastChart(String title, float[] truth, float[] prediction, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
    this.timeSteps = truth.length;
    float[] difference = new float[timeSteps];
    for (int step = 0; step < timeSteps; step++) {
      difference[step] = prediction[step] - truth[step];
    }
    this.truth = Polyline.through(truth, WIDTH);
    this.prediction = Polyline.through(prediction, WIDTH);
    this.residual = Polyline.through(difference, WIDTH);
  }

  @Override
  public BufferedImage paint() {
    BufferedImage image =
        new BufferedImage(WIDTH, MAIN_HEIGHT + RESIDUAL_HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    mainPanel().paint(graphics, WIDTH, MAIN_HEIGHT);
    graphics.translate(0, MAIN_HEIGHT);
    residualPanel().paint(graphics, WIDTH, RESIDUAL_HEIGHT);
    graphics.dispose();
    return image;
  }

  private XYChart mainPanel() {
    XYChart chart = panel(MAIN_HEIGHT, title, "", yLabel);
    addLine(chart, "truth", truth, ChartStyle.GRAY, 4.5f);
    addLine(chart, "prediction", prediction, ChartStyle.RED, 1.6f);
    XYStyler styler = chart.getStyler();
    // The time steps are written once, below the residual.
    styler.setXAxisTickLabelsColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.InsideNE);
    styler.setLegendLayout(LegendLayout.Horizontal);
    // Room above the curves for the legend.
    setRange(styler, 0.05, 0.2, truth, prediction);
    return chart;
  }

  private XYChart residualPanel() {
    XYChart chart = panel(RESIDUAL_HEIGHT, "", xLabel, "residual");
    addLine(chart, "residual", residual, ChartStyle.BLUE, 1.2f);
    XYStyler styler = chart.getStyler();
    styler.setChartTitleVisible(false);
    styler.setLegendVisible(false);
    styler.setYAxisTickMarkSpacingHint(25);
    setRange(styler, 0.1, 0.1, residual);
    return chart;
  }

  private XYChart panel(int height, String title, String xLabel, String yLabel) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle(xLabel)
            .yAxisTitle(yLabel)
            .build();
    XYStyler styler = chart.getStyler();
    ChartStyle.apply(styler);
    styler.setYAxisLeftWidthHint(Y_AXIS_WIDTH);
    // A series of a few time steps has ticks at whole ones only.
    styler.setXAxisTickMarkSpacingHint(Math.max(100, 1000 / (timeSteps - 1)));
    styler.setXAxisMin(-0.005 * timeSteps);
    styler.setXAxisMax(1.005 * timeSteps - 1);
    return chart;
  }

  private static void addLine(XYChart chart, String name, Polyline line, Color color, float width) {
    int points = line.x().length;
    // Behind the last point a gap, off the grid of time steps: XChart chooses round numbers for the
    // ticks only where the values are not evenly spaced.
    double[] x = Arrays.copyOf(line.x(), points + 1);
    double[] y = Arrays.copyOf(line.y(), points + 1);
    x[points] = x[points - 1] + 0.5;
    y[points] = Double.NaN;
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  private static void setRange(XYStyler styler, double below, double above, Polyline... lines) {
    DoubleSummaryStatistics values =
        Stream.of(lines).flatMapToDouble(Polyline::values).summaryStatistics();
    boolean empty = values.getCount() == 0;
    double least = empty ? 0 : values.getMin();
    double greatest = empty ? 0 : values.getMax();
    double span = greatest - least;
    if (span == 0) {
      // A constant stands in the middle of a span of its own size.
      span = least == 0 ? 1 : Math.abs(least);
      least -= span / 2;
      greatest += span / 2;
    }
    styler.setYAxisMin(least - below * span);
    styler.setYAxisMax(greatest + above * span);
  }
}

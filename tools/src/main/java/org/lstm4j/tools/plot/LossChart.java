// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws losses over epochs, on a logarithmic axis where all are above 0. */
final class LossChart implements Chart {
  private final String title;
  private final Polyline training;
  private final Polyline validation;

  LossChart(String title, float[] training, float[] validation) {
    this.title = title;
    this.training = Polyline.through(training, ChartStyle.WIDTH);
    this.validation = Polyline.through(validation, ChartStyle.WIDTH);
  }

  @Override
  public BufferedImage paint() {
    XYChart chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(title)
            .xAxisTitle("epoch")
            .yAxisTitle("loss")
            .build();
    style(chart.getStyler());
    addLine(chart, "training", training, ChartStyle.BLUE);
    if (validation.y().length > 0) {
      addLine(chart, "validation", validation, ChartStyle.RED);
    }
    BufferedImage image =
        new BufferedImage(ChartStyle.WIDTH, ChartStyle.HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, ChartStyle.WIDTH, ChartStyle.HEIGHT);
    graphics.dispose();
    return image;
  }

  private void style(XYStyler styler) {
    ChartStyle.apply(styler);
    double[] losses = DoubleStream.concat(training.values(), validation.values()).toArray();
    double least = Arrays.stream(losses).min().orElse(0);
    double greatest = Arrays.stream(losses).max().orElse(1);
    if (least > 0) {
      styler.setYAxisLogarithmic(true);
      styler.setYAxisMin(least / 1.2);
      styler.setYAxisMax(greatest * 1.2);
    } else {
      double margin = greatest > least ? (greatest - least) / 10 : 1;
      styler.setYAxisMin(least - margin);
      styler.setYAxisMax(greatest + margin);
    }
    styler.setLegendPosition(LegendPosition.InsideNE);
    styler.setLegendLayout(LegendLayout.Horizontal);
  }

  private static void addLine(XYChart chart, String name, Polyline line, Color color) {
    double[] epochs = Arrays.stream(line.x()).map(index -> index + 1).toArray();
    XYSeries series = chart.addSeries(name, epochs, line.y());
    // A single epoch has no line.
    series.setMarker(epochs.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setMarkerColor(color);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }
}

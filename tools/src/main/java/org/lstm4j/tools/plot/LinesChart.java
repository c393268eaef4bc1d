// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws lines through points that stand equally far apart, from 0 upwards. */
final class LinesChart implements Chart {
  private static final List<Color> COLORS =
      List.of(ChartStyle.RED, ChartStyle.BLUE, ChartStyle.GRAY);

  private final String title;
  private final String xLabel;
  private final List<String> places;
  private final String yLabel;
  private final List<LineSeries> series;

  LinesChart(
      String title, String xLabel, List<String> places, String yLabel, List<LineSeries> series) {
    if (series.isEmpty() || series.size() > COLORS.size()) {
      throw new IllegalArgumentException(
          "a picture holds 1 to %d lines, not %d".formatted(COLORS.size(), series.size()));
    }
    this.title = title;
    this.xLabel = xLabel;
    this.places = List.copyOf(places);
    this.yLabel = yLabel;
    this.series = List.copyOf(series);
  }

  @Override
  public BufferedImage paint() {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(title)
            .xAxisTitle(xLabel)
            .yAxisTitle(yLabel)
            .build();
    style(chart.getStyler());
    // The first one lies on top.
    for (int i = series.size() - 1; i >= 0; i--) {
      addLine(chart, series.get(i), COLORS.get(i));
    }
    BufferedImage image =
        new BufferedImage(ChartStyle.WIDTH, ChartStyle.HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, ChartStyle.WIDTH, ChartStyle.HEIGHT);
    graphics.dispose();
    return image;
  }

  private void style(CategoryStyler styler) {
    ChartStyle.apply(styler);
    styler.setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line);
    styler.setOverlapped(true);
    double greatest =
        series.stream()
            .flatMapToDouble(line -> line.values().stream().mapToDouble(Double::doubleValue))
            .max()
            .orElse(0);
    styler.setYAxisMin(0.0);
    styler.setYAxisMax(greatest > 0 ? 1.05 * greatest : 1);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
  }

  private void addLine(CategoryChart chart, LineSeries line, Color color) {
    CategorySeries drawn = chart.addSeries(line.name(), places, line.values());
    drawn.setMarker(SeriesMarkers.CIRCLE);
    drawn.setMarkerColor(color);
    drawn.setLineColor(color);
    drawn.setLineStyle(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }
}

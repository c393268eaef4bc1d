// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws histograms as outlines, one over the other, with both axes logarithmic. */
final class HistogramChart implements Chart {
  private static final List<Color> COLORS = List.of(ChartStyle.RED, ChartStyle.GRAY);

  /** Where a bin is empty; what was seen once stands above it. */
  private static final double FLOOR = 0.5;

  /** The names of marks that lie close to each other stand in different rows, so far apart. */
  private static final double ROW = 2.8;

  /** Beside the histogram, for half the name of a mark. */
  private static final double MARGIN = 1.4;

  private static final double CONTIGUOUS = 1e-9;

  private final String title;
  private final String xLabel;
  private final List<HistogramSeries> series;
  private final List<HistogramSeries.Mark> marks;

  HistogramChart(
      String title, String xLabel, List<HistogramSeries> series, List<HistogramSeries.Mark> marks) {
    if (series.isEmpty() || series.size() > COLORS.size()) {
      throw new IllegalArgumentException(
          "a picture holds 1 to %d histograms, not %d".formatted(COLORS.size(), series.size()));
    }
    if (series.stream().anyMatch(histogram -> histogram.bins().isEmpty())) {
      throw new IllegalArgumentException("a histogram needs at least one bin");
    }
    this.title = title;
    this.xLabel = xLabel;
    this.series = List.copyOf(series);
    this.marks = List.copyOf(marks);
  }

  @Override
  public BufferedImage paint() {
    XYChart chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(title)
            .xAxisTitle(xLabel)
            .yAxisTitle("calls")
            .build();
    style(chart.getStyler());
    // The first one lies on top.
    for (int i = series.size() - 1; i >= 0; i--) {
      addOutline(chart, series.get(i), COLORS.get(i));
    }
    int row = 1;
    for (HistogramSeries.Mark mark : marks) {
      addMark(chart, mark, top() / Math.pow(ROW, row));
      row++;
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
    styler.setXAxisLogarithmic(true);
    styler.setYAxisLogarithmic(true);
    styler.setXAxisTickLabelsFormattingFunction(ChartStyle::tickLabel);
    styler.setYAxisTickLabelsFormattingFunction(
        count -> String.format(Locale.ROOT, "%,.0f", count));
    styler.setAnnotationTextFont(styler.getAxisTickLabelsFont());
    styler.setAnnotationTextFontColor(ChartStyle.BLUE);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setXAxisMin(bins().mapToDouble(HistogramSeries.Bin::from).min().orElseThrow() / MARGIN);
    styler.setXAxisMax(bins().mapToDouble(HistogramSeries.Bin::to).max().orElseThrow() * MARGIN);
    styler.setYAxisMin(FLOOR);
    styler.setYAxisMax(top());
  }

  private double top() {
    return Math.pow(ROW, marks.size() + 1)
        * bins().mapToLong(HistogramSeries.Bin::count).max().orElseThrow();
  }

  private static void addOutline(XYChart chart, HistogramSeries histogram, Color color) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    double end = 0;
    for (HistogramSeries.Bin bin : histogram.bins()) {
      if (bin.from() > end * (1 + CONTIGUOUS)) {
        if (end > 0) {
          add(x, y, end, FLOOR);
        }
        add(x, y, bin.from(), FLOOR);
      }
      add(x, y, bin.from(), (double) bin.count());
      add(x, y, bin.to(), (double) bin.count());
      end = bin.to();
    }
    add(x, y, end, FLOOR);
    addLine(chart, histogram.name(), x, y, new BasicStroke(2.2f)).setLineColor(color);
  }

  private static void add(List<Double> x, List<Double> y, double atX, double atY) {
    x.add(atX);
    y.add(atY);
  }

  private static void addMark(XYChart chart, HistogramSeries.Mark mark, double height) {
    BasicStroke dashes =
        new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {3, 3}, 0);
    List<Double> x = List.of(mark.value(), mark.value());
    addLine(chart, mark.name(), x, List.of(FLOOR, height / Math.sqrt(ROW)), dashes)
        .setLineColor(ChartStyle.BLUE)
        .setShowInLegend(false);
    chart.addAnnotation(new AnnotationText(mark.name(), mark.value(), height, false));
  }

  private static XYSeries addLine(
      XYChart chart, String name, List<Double> x, List<Double> y, BasicStroke stroke) {
    XYSeries line = chart.addSeries(name, x, y);
    line.setMarker(SeriesMarkers.NONE);
    line.setLineStyle(stroke);
    return line;
  }

  private Stream<HistogramSeries.Bin> bins() {
    return series.stream().flatMap(histogram -> histogram.bins().stream());
  }
}

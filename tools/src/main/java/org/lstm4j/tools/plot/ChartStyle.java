// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.math.BigDecimal;
import java.math.MathContext;
import org.knowm.xchart.style.AxesChartStyler;

/** What all pictures have in common. */
final class ChartStyle {
  static final int WIDTH = 1200;
  static final int HEIGHT = 500;

  static final Color INK = new Color(0x343A40);
  static final Color GRAY = new Color(0xB4BCC8);
  static final Color RED = new Color(0xD9480F);
  static final Color BLUE = new Color(0x3B5BDB);
  private static final Color GRID = new Color(0xE3E7EB);

  private ChartStyle() {}

  static void apply(AxesChartStyler styler) {
    setFonts(styler);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setChartPadding(14);
    styler.setPlotMargin(0);
    styler.setPlotContentSize(1);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setAxisTicksLineVisible(false);
    styler.setAxisTicksMarksVisible(false);
    styler.setYAxisTickLabelsFormattingFunction(ChartStyle::tickLabel);
  }

  private static void setFonts(AxesChartStyler styler) {
    Font labels = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    styler.setChartFontColor(INK);
    styler.setAxisTickLabelsColor(INK);
    styler.setChartTitleFont(labels.deriveFont(Font.BOLD, 16));
    styler.setAxisTitleFont(labels.deriveFont(13f));
    styler.setAxisTickLabelsFont(labels);
    styler.setLegendFont(labels);
  }

  /** Returns a number short enough for the room beside the axis. */
  static String tickLabel(double value) {
    double magnitude = Math.abs(value);
    boolean plain = value == 0 || (magnitude >= 1e-4 && magnitude < 1e7);
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(plain ? 8 : 6));
    BigDecimal shortest = rounded.stripTrailingZeros();
    return plain ? shortest.toPlainString() : shortest.toString();
  }
}

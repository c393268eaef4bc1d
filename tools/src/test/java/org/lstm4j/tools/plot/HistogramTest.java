// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.tools.plot.HistogramSeries.Bin;
import org.lstm4j.tools.plot.HistogramSeries.Mark;

class HistogramTest {
  private static final int FIRST = 0xD9480F;
  private static final int SECOND = 0xB4BCC8;
  private static final int MARK = 0x3B5BDB;

  private static final HistogramSeries STEPS =
      new HistogramSeries(
          "step",
          List.of(
              new Bin(0.9, 1.0, 900_000),
              new Bin(1.0, 1.1, 90_000),
              new Bin(2, 2.2, 40),
              new Bin(30, 33, 1)));
  private static final HistogramSeries BUSY =
      new HistogramSeries("busy loop", List.of(new Bin(0.9, 1.0, 990_000), new Bin(20, 22, 3)));

  @TempDir private Path folder;

  @Test
  void bothHistogramsAndTheMarksAreDrawn() throws IOException {
    BufferedImage image =
        draw(
            List.of(STEPS, BUSY),
            List.of(
                new Mark("p50 0.95", 0.95), new Mark("p99 1.05", 1.05), new Mark("max 33", 33)));

    assertEquals(1200, image.getWidth());
    assertEquals(500, image.getHeight());
    assertTrue(pixels(image, FIRST) > 500);
    assertTrue(pixels(image, SECOND) > 100);
    assertTrue(pixels(image, MARK) > 100);
  }

  @Test
  void theFirstHistogramLiesOnTop() throws IOException {
    HistogramSeries same = new HistogramSeries("busy loop", STEPS.bins());

    BufferedImage image = draw(List.of(STEPS, same), List.of());

    assertTrue(pixels(image, FIRST) > 500);
    assertTrue(pixels(image, SECOND) < pixels(image, FIRST) / 4);
  }

  @ParameterizedTest
  @CsvSource({"1, 1.06, 1", "1e-3, 1.1e-3, 1000000", "1e6, 2e6, 9000000000"})
  void aSingleBinIsDrawn(double from, double to, long count) throws IOException {
    HistogramSeries single = new HistogramSeries("step", List.of(new Bin(from, to, count)));

    assertTrue(pixels(draw(List.of(single), List.of()), FIRST) > 100);
  }

  @Test
  void whatIsNoHistogramIsRefused() {
    HistogramSeries empty = new HistogramSeries("step", List.of());
    List<HistogramSeries> three = List.of(STEPS, BUSY, STEPS);

    assertThrows(IllegalArgumentException.class, () -> plot(List.of(empty), List.of()));
    assertThrows(IllegalArgumentException.class, () -> plot(List.of(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> plot(three, List.of()));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1", "-1, 1, 1", "1, 1, 1", "2, 1, 1", "1, 2, 0", "NaN, 1, 1"})
  void whatLogarithmicAxesCannotShowIsNoBin(double from, double to, long count) {
    assertThrows(IllegalArgumentException.class, () -> new Bin(from, to, count));
  }

  private BufferedImage draw(List<HistogramSeries> series, List<Mark> marks) throws IOException {
    Path file = folder.resolve("plot.png");
    plot(series, marks).write(file);
    return ImageIO.read(file.toFile());
  }

  private static Plot plot(List<HistogramSeries> series, List<Mark> marks) {
    return Plot.histogram("A title", "duration (µs)", series, marks);
  }

  private static int pixels(BufferedImage image, int colour) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xFFFFFF) == colour ? 1 : 0;
      }
    }
    return count;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlotTest {
  private static final int TRUTH = 0xB4BCC8;
  private static final int PREDICTION = 0xD9480F;
  private static final int RESIDUAL = 0x3B5BDB;
  private static final int LOSS = RESIDUAL;
  private static final int VALIDATION = PREDICTION;

  @TempDir private Path folder;

  @Test
  void drawsTruthPredictionAndResidual() throws IOException {
    BufferedImage image = draw(sine(300, 1), sine(300, 0.8f));

    assertEquals(1200, image.getWidth());
    assertEquals(500, image.getHeight());
    assertTrue(pixels(image, TRUTH) > 1000);
    assertTrue(pixels(image, PREDICTION) > 500);
    assertTrue(pixels(image, RESIDUAL) > 100);
  }

  @Test
  void drawsThePredictionOnTop() throws IOException {
    BufferedImage image = draw(sine(300, 1), sine(300, 1));

    assertTrue(pixels(image, PREDICTION) > 500);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 20_000})
  void drawsTheLossesOfAnyNumberOfEpochs(int epochs) throws IOException {
    float[] losses = new float[epochs];
    float[] validation = new float[epochs];
    for (int i = 0; i < epochs; i++) {
      losses[i] = 2f / (i + 1);
      validation[i] = i % 3 == 2 ? Float.NaN : 3f / (i + 1);
    }
    Path file = folder.resolve("losses.png");

    Plot.losses("a model", losses, validation).write(file);

    BufferedImage image = ImageIO.read(file.toFile());
    assertTrue(pixels(image, LOSS) > 20);
    assertTrue(pixels(image, VALIDATION) > 20);
  }

  @Test
  void lossesBelowZeroAreDrawnToo() throws IOException {
    Path file = folder.resolve("losses.png");

    Plot.losses("a model", new float[] {1, 0, -1}, new float[0]).write(file);

    assertTrue(pixels(ImageIO.read(file.toFile()), LOSS) > 100);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 12})
  void drawsLinesThroughAnyNumberOfPlaces(int places) throws IOException {
    List<String> labels = IntStream.range(0, places).mapToObj(i -> "place " + i).toList();
    LineSeries high = new LineSeries("high", Collections.nCopies(places, 100.0));
    LineSeries low = new LineSeries("low", Collections.nCopies(places, 10.0));
    Path file = folder.resolve("lines.png");

    Plot.lines("a title", "place", labels, "value", List.of(high, low)).write(file);

    BufferedImage image = ImageIO.read(file.toFile());
    assertTrue(pixels(image, PREDICTION) > 300);
    assertTrue(pixels(image, LOSS) > 300);
  }

  @Test
  void refusesALineThatLacksAPlace() {
    List<LineSeries> lines = List.of(new LineSeries("short", List.of(1.0, 2.0)));

    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Plot.lines("", "", List.of("a", "b", "c"), "", lines));

    assertEquals("the line 'short' has 2 values for 3 places", e.getMessage());
  }

  @Test
  void leavesAGapWhereThereIsNoNumber() throws IOException {
    float[] truth = sine(300, 1);
    float[] gaps = truth.clone();
    Arrays.fill(gaps, 50, 250, Float.NaN);
    gaps[20] = Float.POSITIVE_INFINITY;

    int whole = pixels(draw(truth, truth), PREDICTION);
    int rest = pixels(draw(truth, gaps), PREDICTION);

    assertTrue(rest > 0 && rest < whole / 2, rest + " of " + whole + " pixels");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 3e38",
    "3e38, 0",
    "1e-40, 0",
    "NaN, 0",
    "Infinity, 0",
    "1e-3, 1e9",
  })
  void drawsAnyRange(float scale, float offset) throws IOException {
    float[] series = sine(100, scale);
    for (int step = 0; step < series.length; step++) {
      series[step] += offset;
    }

    assertEquals(1200, draw(series, sine(100, scale)).getWidth());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 12, 2400, 2401, 200_000})
  void drawsAnyNumberOfTimeSteps(int timeSteps) throws IOException {
    assertTrue(pixels(draw(sine(timeSteps, 1), sine(timeSteps, 1)), PREDICTION) > 500);
  }

  @Test
  void refusesSeriesOfDifferentLength() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Plot.forecast("", new float[3], new float[4], "", ""));

    assertEquals(
        "a truth of 3 time steps cannot be compared with a prediction of 4", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void refusesWhatIsNoLine(int timeSteps) {
    assertThrows(
        IllegalArgumentException.class,
        () -> Plot.forecast("", new float[timeSteps], new float[timeSteps], "", ""));
  }

  @Test
  void leavesNoFileInAFolderThatDoesNotExist() {
    Plot plot = Plot.forecast("", sine(10, 1), sine(10, 1), "", "");

    assertThrows(IOException.class, () -> plot.write(folder.resolve("missing/plot.png")));

    assertArrayEquals(new String[0], folder.toFile().list());
  }

  private BufferedImage draw(float[] truth, float[] prediction) throws IOException {
    Path file = folder.resolve("plot.png");
    Plot.forecast("A title", truth, prediction, "time step (h)", "load (W)").write(file);
    return ImageIO.read(file.toFile());
  }

  private static float[] sine(int timeSteps, float amplitude) {
    float[] values = new float[timeSteps];
    for (int step = 0; step < timeSteps; step++) {
      values[step] = amplitude * (float) Math.sin(20.0 * step / timeSteps);
    }
    return values;
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

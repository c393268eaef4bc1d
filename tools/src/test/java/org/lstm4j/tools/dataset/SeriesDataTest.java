// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.engine.training.Update;
import org.lstm4j.engine.training.Window;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.Normalisation;

class SeriesDataTest {
  private static final SeriesTask TASK =
      new SeriesTask(List.of("load", "wind"), List.of("load"), 3, 2);

  @TempDir private Path folder;

  /** A day of text, load = row, and wind = 100 - 2 row. */
  private Path table(int rows) throws IOException {
    String text =
        IntStream.range(0, rows)
            .mapToObj(row -> "day %d,%d,%d%n".formatted(row, row, 100 - 2 * row))
            .collect(Collectors.joining());
    return write("date,load,wind\n" + text);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("load.csv"), text);
  }

  @Test
  void aWindowHoldsTheColumnsAndWhatFollowsThem() throws IOException {
    SeriesData data = SeriesData.read(table(10), TASK, new Split.ByTime(0));

    Normalisation.Column load = data.normalisation().inputs().get(0);
    assertEquals(4.5, load.mean());
    assertEquals(Math.sqrt(8.25), load.scale(), 1e-12);
    float[] xs = data.inputs(new int[] {1, 4});
    // Time step 2 of the second window is row 6.
    assertEquals((float) ((6 - load.mean()) / load.scale()), xs[(2 * 2 + 1) * 2]);
    assertEquals((float) -((6 - load.mean()) / load.scale()), xs[(2 * 2 + 1) * 2 + 1], 1e-6f);
    float[] expected = {4, 5, 7, 8};
    float[] ys = data.targets(new int[] {1, 4});
    for (int i = 0; i < ys.length; i++) {
      assertEquals(expected[i], ys[i] * load.scale() + load.mean(), 1e-5);
    }
  }

  @Test
  void theNormalisationKnowsNothingOfTheValidationPart() throws IOException {
    SeriesData data = SeriesData.read(table(10), TASK, new Split.ByTime(0.2));

    // Rows 0 to 7.
    assertEquals(3.5, data.normalisation().outputs().getFirst().mean());
    assertEquals(3, data.normalisation().window());
    assertEquals(2, data.normalisation().horizon());
  }

  @Test
  void aColumnThatDoesNotVaryKeepsItsUnit() throws IOException {
    Path file = write("load,wind\n" + "1,0.1\n".repeat(9));

    Normalisation normalisation = SeriesData.read(file, TASK, new Split.ByTime(0)).normalisation();

    assertEquals(List.of(1.0, 1.0), normalisation.inputs().stream().map(c -> c.scale()).toList());
  }

  @Test
  void epochsHaveOrdersOfTheirOwnThatCanBeDrawnAgain() throws IOException {
    SeriesData data = SeriesData.read(table(40), TASK, new Split.ByTime(0.2));
    try (Network network = network()) {
      double first = lossOfFirstBatch(network, data.training(4, 1), 0);

      assertEquals(first, lossOfFirstBatch(network, data.training(4, 1), 0));
      assertTrue(first != lossOfFirstBatch(network, data.training(4, 1), 1));
      assertTrue(first != lossOfFirstBatch(network, data.training(4, 2), 0));
    }
  }

  @Test
  void everyValidationWindowCountsOnce() throws IOException {
    SeriesData data = SeriesData.read(table(40), TASK, new Split.ByTime(0.2));
    Batches batches = data.validation(4);

    assertEquals(7, data.validationWindows());
    assertEquals(2, batches.begin(0));
    try (Network network = network()) {
      Update full = evaluated(network, batches.window(0), 4);
      Update rest = evaluated(network, batches.window(1), 4);
      assertEquals(4 * 2, full.counted());
      assertEquals(3 * 2, rest.counted());
      double sum = 0;
      for (int row : data.validationRows()) {
        Window alone = Window.of(data.inputs(new int[] {row}), 3, data.targets(new int[] {row}));
        sum += evaluated(network, alone, 1).loss();
      }
      assertEquals(sum / 7, (4 * full.loss() + 3 * rest.loss()) / 7, 1e-6);
    }
  }

  @Test
  void aModelsNormalisationStaysWhateverTheTableHolds() throws IOException {
    Normalisation normalisation =
        new Normalisation(
            List.of(new Normalisation.Column("wind", 7, 2)),
            List.of(new Normalisation.Column("load", 1, 10)),
            3,
            2);

    SeriesData data = SeriesData.read(table(10), normalisation, new Split.ByTime(0));

    assertEquals(normalisation, data.normalisation());
    assertEquals(new SeriesTask(List.of("wind"), List.of("load"), 3, 2), data.task());
    assertEquals((100 - 7) / 2f, data.inputs(new int[] {0})[0]);
    assertArrayEquals(new float[] {0.2f, 0.3f}, data.targets(new int[] {0}));
  }

  private static Network network() {
    List<Layer> layers =
        new ManyToOne(
                new RecurrentPart(RecurrentPart.Cell.GRU, 4, 1, false), ManyToOne.Readout.LAST)
            .layers(2, 2);
    return Network.builder()
        .add(layers.toArray(Layer[]::new))
        .build(Initialization.pyTorch().weights(layers, 1));
  }

  private static double lossOfFirstBatch(Network network, Batches batches, long epoch) {
    batches.begin(epoch);
    return evaluated(network, batches.window(0), 4).loss();
  }

  private static Update evaluated(Network network, Window window, int batch) {
    TrainerOptions options = TrainerOptions.defaults().withBatch(batch).withMaxSteps(3);
    try (Trainer trainer =
        new Trainer(network, Loss.meanSquaredError(), Optimizer.sgd(0.1), options)) {
      return trainer.evaluate(window);
    }
  }

  @Test
  void aCellThatIsNoNumberIsNamedByLineAndColumn() throws IOException {
    Path file = write("date,load,wind\nmonday,1,2\ntuesday,nan,2\n");

    ModelFormatException e =
        assertThrows(
            ModelFormatException.class, () -> SeriesData.read(file, TASK, new Split.ByTime(0)));

    assertEquals(
        file + ": line 3, column 2 ('load') holds nan; fill the gap or leave it out",
        e.getMessage());
  }

  @Test
  void aRowWithAnotherNumberOfCellsIsNamed() throws IOException {
    Path file = write("date,load,wind\nmonday,1,2\ntuesday,1\n");

    ModelFormatException e =
        assertThrows(
            ModelFormatException.class, () -> SeriesData.read(file, TASK, new Split.ByTime(0)));

    assertTrue(e.getMessage().startsWith(file + ": line 3, 2 cells where"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0, has 4 rows but a window of 3 and a horizon of 2 take 5",
    "7, 0.2, leaves 2 windows to train and 0 to validate",
    "6, 0.5, leaves 0 windows to train"
  })
  void tooFewRowsAreCounted(int rows, double share, String expected) throws IOException {
    Path file = table(rows);

    ModelFormatException e =
        assertThrows(
            ModelFormatException.class, () -> SeriesData.read(file, TASK, new Split.ByTime(share)));

    assertTrue(
        e.getMessage().startsWith(file.toString())
            && e.getMessage().replace(",", "").contains(expected),
        e.getMessage());
  }

  @Test
  void anUnknownColumnIsNamed() throws IOException {
    Path file = table(10);
    SeriesTask task = new SeriesTask(List.of("sun"), List.of("load"), 3, 1);

    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> SeriesData.read(file, task, new Split.ByTime(0)));

    assertTrue(e.getMessage().contains("has no column 'sun'"), e.getMessage());
  }
}

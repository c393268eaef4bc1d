// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.Normalisation;

/** With a network whose forecast is the last value plus 10. */
class ForecastCommandTest {
  private static final Normalisation.Column LOAD = new Normalisation.Column("load", 100, 10);

  @TempDir private Path folder;
  private Path model;
  private Path data;
  private Path output;

  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("load.l4j");
    data = folder.resolve("load.csv");
    output = folder.resolve("next.csv");
    Files.writeString(data, "date,load\nmonday,80\ntuesday,95\nwednesday,100\n");
    try (Network network = plusOne()) {
      Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(LOAD), 2, 1);
      ModelFile.write(network, Attachments.none().with(normalisation), model);
    }
  }

  private static Network plusOne() {
    return Network.builder()
        .add(new Layer.ReadLast(1), new Layer.Linear("head", 1, 1, true))
        .build(
            WeightSource.of(
                Map.of(
                    "head.weight", Tensor.of(new float[] {1}, 1, 1),
                    "head.bias", Tensor.of(new float[] {1}, 1))));
  }

  @Test
  void forecastsWhatFollowsTheLastWindow() throws IOException {
    CommandRun run = CommandRun.of("forecast", model, "-i", data, "-o", output);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals("time_step,ahead,load\n3,1,110.0\n", Files.readString(output));
  }

  @Test
  void goesOnFromItsOwnForecasts() {
    CommandRun run = CommandRun.of("forecast", model, "-i", data, "-o", "-", "--steps", 3);

    assertEquals("time_step,ahead,load\n3,1,110.0\n4,2,120.0\n5,3,130.0\n", run.out());
  }

  @Test
  void forecastsFromEveryWindow() {
    CommandRun run = CommandRun.of("forecast", model, "-i", data, "-o", "-", "--all");

    assertEquals("time_step,ahead,load\n2,1,105.0\n3,1,110.0\n", run.out());
  }

  @Test
  void drawsWhatWasMeasuredAndWhatIsToCome() throws IOException {
    Path plot = folder.resolve("load.png");

    CommandRun run =
        CommandRun.of("forecast", model, "-i", data, "-o", output, "--steps", 4, "--plot", plot);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(1200, ImageIO.read(plot.toFile()).getWidth());
  }

  @Test
  void aColumnThatIsMissingIsNamed() throws IOException {
    Files.writeString(data, "80\n95\n100\n");

    CommandRun run = CommandRun.of("forecast", model, "-i", data, "-o", output);

    assertEquals(data + ": has no column 'load'; give an index from 0 to 0", run.sentence());
    assertEquals(1, run.exitCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"date,load\nmonday,80\n", "date,load\nmonday,80\ntuesday,\n"})
  void badTablesAreRefusedAndNothingIsWritten(String table) throws IOException {
    Files.writeString(data, table);

    CommandRun run = CommandRun.of("forecast", model, "-i", data, "-o", output);

    assertEquals(1, run.exitCode());
    assertTrue(
        run.sentence().equals(data + ": has 1 rows where " + model + " reads 2; give it more")
            || run.sentence().startsWith(data + ": line 3, column 2 ('load') is empty"),
        run.err());
    assertFalse(Files.exists(output));
  }

  @Test
  void aModelThatSaysNothingOfColumnsDoesNotForecast() throws IOException {
    try (Network network = plusOne()) {
      ModelFile.write(network, model);
    }

    CommandRun run = CommandRun.of("forecast", model, "-i", data, "-o", output);

    assertEquals(
        model + ": says nothing of columns, so it does not forecast; 'lstm4j run' runs it",
        run.sentence());
  }

  @Test
  void theTableIsNotOverwritten() {
    CommandRun run = CommandRun.of("forecast", model, "-i", data, "-o", data);

    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("is an input and would be overwritten"), run.err());
  }
}

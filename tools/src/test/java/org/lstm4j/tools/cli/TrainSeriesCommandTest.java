// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lstm4j.tools.cli.TrainingProcess.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.Normalisation;

class TrainSeriesCommandTest {
  /** What the tests train unless they say otherwise. */
  private static final Map<String, Object> SMALL =
      Map.of(
          "--columns",
          "load",
          "--hidden",
          8,
          "--batch",
          16,
          "--window",
          8,
          "--learning-rate",
          0.01);

  @TempDir private Path folder;
  private Path data;
  private Path model;

  @BeforeEach
  void writeTable() throws IOException {
    data = folder.resolve("load.csv");
    model = folder.resolve("load.l4j");
    Files.writeString(data, table(200));
  }

  /** Days, a load that swings around 100, and the wind, which is ahead of it. */
  private static String table(int rows) {
    return IntStream.range(0, rows)
        .mapToObj(row ->
            String.format(
                Locale.ROOT,
                "day %d,%.3f,%.3f%n",
                row,
                100 + 20 * Math.sin(0.4 * row),
                5 + Math.sin(0.4 * row + 0.8)))
        .collect(Collectors.joining("", "day,load,wind\n", ""));
  }

  private CommandRun train(Object... more) {
    return CommandRun.of(arguments(more));
  }

  private Object[] arguments(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", "series", data, "-o", model));
    arguments.addAll(List.of(more));
    SMALL.forEach((option, value) -> {
      if (!arguments.contains(option)) {
        arguments.addAll(List.of(option, value));
      }
    });
    return arguments.toArray();
  }

  @Test
  void aNetworkLearnsATableAndForecastsIt() throws IOException {
    Path losses = folder.resolve("loss.png");
    Path forecast = folder.resolve("forecast.png");
    CommandRun run =
        train("--epochs", 30, "--horizon", 2, "--plot", losses, "--plot-forecast", forecast);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(30, run.err().lines().count(), run.err());
    assertTrue(run.out().contains("validation loss 0.0"), run.out());
    assertTrue(run.out().contains("values/s"), run.out());
    assertEquals(1200, ImageIO.read(losses.toFile()).getWidth());
    assertEquals(1200, ImageIO.read(forecast.toFile()).getWidth());

    Path next = folder.resolve("next.csv");
    CommandRun forecasts = CommandRun.of("forecast", model, "-i", data, "-o", next);
    assertEquals(0, forecasts.exitCode(), forecasts.err());
    List<String> lines = Files.readAllLines(next);
    assertEquals("time_step,ahead,load", lines.getFirst());
    assertEquals(
        100 + 20 * Math.sin(0.4 * 200), Double.parseDouble(lines.get(1).split(",", -1)[2]), 6);
    assertTrue(lines.get(2).startsWith("201,2,"), lines.toString());
  }

  @Test
  void theModelSaysWhatItForecastsFromWhat() throws IOException {
    CommandRun run =
        train("--epochs", 1, "--columns", "load,wind", "--targets", "wind", "--horizon", 3);

    assertEquals(0, run.exitCode(), run.err());
    Normalisation normalisation = ModelFile.attachments(model).normalisation().orElseThrow();
    assertEquals(
        List.of("load", "wind"),
        normalisation.inputs().stream().map(Normalisation.Column::name).toList());
    assertEquals("wind", normalisation.outputs().getFirst().name());
    assertEquals(100, normalisation.inputs().getFirst().mean(), 3);
    assertEquals(8, normalisation.window());
    assertEquals(3, normalisation.horizon());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cell gru --readout mean --loss mae --optimizer sgd --momentum 0.9 --nesterov",
        "--cell rnn --layers 2 --dropout 0.2 --loss huber --optimizer rmsprop --momentum 0.5",
        "--bidirectional --readout attention --split random --schedule step:1:0.5 --warm-up 1",
        "--readout max --validation 0 --weight-decay 0.001 --clip-value 0.1 --schedule"
            + " plateau:0.5:0",
        "--bidirectional --optimizer adamw --clip-norm 1 --schedule cosine:4 --threads 2"
      })
  void allOptionsMakeAModelThatForecasts(String options) {
    CommandRun run = train((Object[]) (options + " --epochs 3").split(" "));
    CommandRun forecast = CommandRun.of("forecast", model, "-i", data, "-o", "-");

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(!options.contains("--validation 0"), run.out().contains("validation loss"));
    assertEquals(0, forecast.exitCode(), forecast.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"inspect MODEL", "export MODEL -o STATE", "bench MODEL --steps 50 --warm-up 0.1"})
  void theModelWorksWithOtherCommands(String command) {
    train("--epochs", 1);
    CommandRun run =
        CommandRun.of(
            (Object[])
                command
                    .replace("MODEL", model.toString())
                    .replace("STATE", folder.resolve("state.safetensors").toString())
                    .split(" "));

    assertEquals(0, run.exitCode(), run.err());
  }

  @Test
  void theLearningRateFollowsTheSchedule() throws IOException {
    Path metrics = folder.resolve("metrics.csv");
    train("--epochs", 5, "--schedule", "step:2:0.1", "--metrics", metrics);

    List<String> rates =
        Files.readAllLines(metrics).stream().skip(1).map(line -> line.split(",", -1)[3]).toList();
    assertEquals(List.of("0.01", "0.01", "0.001", "0.001", "1.0E-4"), rates);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--dropout 0.3 --schedule plateau:0.5:0 --optimizer rmsprop"})
  void moreEpochsGoOnWhereFewerEnded(String options) throws IOException {
    Object[] more = options.isEmpty() ? new Object[0] : options.split(" ");
    train(concat(more, "--epochs", 5));
    float[][] five = weights(model);
    Files.delete(model);
    train(concat(more, "--epochs", 2));
    CommandRun resumed = train(concat(more, "--epochs", 5, "--resume"));

    assertTrue(resumed.err().startsWith("epoch 3: "), resumed.err());
    assertArrayEquals(five, weights(model));
  }

  private static Object[] concat(Object[] some, Object... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray();
  }

  @Test
  void aProcessThatIsKilledLeavesACheckpointToGoOnFrom() throws IOException, InterruptedException {
    Object[] more = {"--epochs", 40, "--hidden", 16, "--checkpoint-seconds", "0.01"};
    train(more);
    float[][] expected = weights(model);
    Files.delete(model);

    String said =
        TrainingProcess.endAfterFirstCheckpoint(
            true, model, folder.resolve("log.txt"), arguments(more));
    assertTrue(Files.exists(model), said);
    CommandRun resumed = train(concat(more, "--resume"));

    assertEquals(0, resumed.exitCode(), resumed.err());
    assertArrayEquals(expected, weights(model));
  }

  @Test
  void aRunGoesOnWithItsOwnSettingsAndDataOnly() throws IOException {
    train("--epochs", 1);
    assertTrue(train("--resume", "--window", 9).sentence().contains("began with window 8, not 9"));
    assertTrue(
        train("--resume", "--dropout", 0.5).sentence().contains("began with dropout 0.0, not 0.5"));
    Files.writeString(data, table(201));
    assertTrue(train("--resume").sentence().contains("began with data "));
  }

  @Test
  void badTablesAreRefusedInASentenceThatNamesTheRow() throws IOException {
    Files.writeString(data, "day,load\nmonday,1\ntuesday,NaN\n");
    assertEquals(
        data + ": line 3, column 2 ('load') holds NaN; fill the gap or leave it out",
        train().sentence());
    Files.writeString(data, "day,load\nmonday,1\ntuesday\n");
    assertTrue(train().sentence().startsWith(data + ": line 3, 1 cells where the first row has 2"));
    Files.writeString(data, "day,load\nmonday,1\n");
    assertTrue(train().sentence().startsWith(data + ": has 1 rows, but a window of 8 and"));
    Files.writeString(data, table(30));
    assertTrue(
        train("--batch", 17)
            .sentence()
            .startsWith(data + ": has 16 windows to train, fewer than a batch of 17"));
    assertTrue(train("--columns", "sun").sentence().contains("has no column 'sun'"));
    Files.writeString(data, "");
    assertTrue(train().sentence().contains("holds no row of numbers"));
    Files.delete(data);
    assertTrue(train().sentence().contains("no such file; check the path"));
    assertFalse(Files.exists(model));
  }

  @Test
  void aLossThatBecomesNoNumberKeepsTheLastCheckpoint() throws IOException {
    Object[] wild = {"--optimizer", "sgd", "--learning-rate", "1e30"};
    CommandRun run = train(concat(wild, "--epochs", 9, "--checkpoint-seconds", "1e-9"));

    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.err().contains("training stopped in epoch 1, window 2: "), run.err());
    assertTrue(run.err().contains(model + " keeps the last checkpoint"), run.err());
    assertEquals(0, CommandRun.of("inspect", model).exitCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--window 0 | --window must be at least 1",
        "--validation 1 | --validation must be from 0 to below 1",
        "--split half | is none of time, random",
        "--loss l2 | is none of mse, mae, huber",
        "--readout first | is none of last, max, mean, attention",
        "--dropout 1 | --dropout must be from 0 to below 1",
        "--momentum 0.9 | --momentum is of sgd and rmsprop",
        "--nesterov | --nesterov is of sgd",
        "--optimizer sgd --nesterov | Nesterov momentum needs a momentum",
        "--learning-rate -1 | the learning rate must be",
        "--clip-norm 1 --clip-value 1 | exclude each other",
        "--schedule sometimes | --schedule 'sometimes' is none of constant, step:N",
        "--warm-up -1 | --warm-up must be at least 0",
        "--plot same --plot-forecast same | --plot and --plot-forecast both name same",
        "--plot-forecast missing/x.png | --plot-forecast missing/x.png: its folder does not exist"
      })
  void wrongOptionsAreNamed(String options, String expected) {
    CommandRun run = train((Object[]) options.split(" "));

    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(expected), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "series", "labels"})
  void helpListsEveryKindOfTrainingAndHasExamplesOfIt(String kind) {
    assertTrue(CommandRun.of("train", "--help").out().contains("\n  " + kind + " "));
    String help = CommandRun.of("train", kind, "--help").out();
    assertTrue(help.contains("  lstm4j train " + kind + " "), help);
    assertTrue(help.contains("--schedule") && help.contains("--from"), help);
  }

  @Test
  void withoutColumnsThereIsNothingToRead() {
    CommandRun run = CommandRun.of("train", "series", data, "-o", model);

    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--columns is missing; name the columns to read"), run.err());
  }
}

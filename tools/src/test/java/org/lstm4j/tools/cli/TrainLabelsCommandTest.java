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
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

class TrainLabelsCommandTest {
  /** What the tests train unless they say otherwise. */
  private static final Map<String, Object> SMALL =
      Map.of("--hidden", 8, "--batch", 16, "--learning-rate", 0.02);

  @TempDir private Path folder;
  private Path data;
  private Path model;

  @BeforeEach
  void writeTable() throws IOException {
    data = folder.resolve("moves.csv");
    model = folder.resolve("moves.l4j");
    Files.writeString(data, table(80, 1, 0));
  }

  /** Rising and falling sequences of 3 to 8 time steps, beside a column without meaning. */
  private static String table(int sequences, double unit, double offset) {
    Random random = new Random(3);
    StringBuilder text = new StringBuilder("id,height,noise,label\n");
    for (int i = 0; i < sequences; i++) {
      int steps = 3 + random.nextInt(6);
      double from = random.nextGaussian();
      for (int t = 0; t < steps; t++) {
        double height = offset + unit * (from + (i % 2 == 0 ? 0.4 : -0.4) * t);
        text.append("move%d,%s,%s,%s%n".formatted(i, height, random.nextFloat(), label(i)));
      }
    }
    return text.toString();
  }

  private static String label(int sequence) {
    return sequence % 2 == 0 ? "up" : "down";
  }

  private CommandRun train(Object... more) {
    return CommandRun.of(arguments(more));
  }

  private Object[] arguments(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", "labels", data, "-o", model));
    arguments.addAll(List.of(more));
    SMALL.forEach((option, value) -> {
      if (!arguments.contains(option)) {
        arguments.addAll(List.of(option, value));
      }
    });
    return arguments.toArray();
  }

  private static double accuracy(CommandRun run) {
    String line =
        run.out().lines().filter(text -> text.startsWith("validation: ")).findFirst().orElseThrow();
    return Double.parseDouble(line.replaceAll(".*, ([0-9.]+) %", "$1"));
  }

  @Test
  void aNetworkLearnsToTellSequencesApartAndSaysSo() throws IOException {
    Path plot = folder.resolve("loss.png");
    CommandRun run = train("--epochs", 25, "--plot", plot);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(accuracy(run) > 90, run.out());
    assertTrue(run.out().contains("sequences/s"), run.out());
    assertEquals(1200, ImageIO.read(plot.toFile()).getWidth());
    assertEquals(
        List.of("down", "up"), ModelFile.attachments(model).labels().orElseThrow().names());

    Path rising = Files.writeString(folder.resolve("x.csv"), "0,0.5\n0.4,0.5\n0.8,0.5\n1.2,0\n");
    CommandRun said = CommandRun.of("run", model, "-i", rising, "-o", folder.resolve("y.csv"));
    assertTrue(said.out().startsWith("sequence 0: up, score "), said.out() + said.err());
  }

  @Test
  void aNetworkThatScalesFeaturesTakesThemAsTheyAre() throws IOException {
    Files.writeString(data, table(80, 1000, 50_000));

    CommandRun run = train("--epochs", 25, "--normalise", "--columns", "height");

    assertTrue(accuracy(run) > 90, run.out());
    Path falling = Files.writeString(folder.resolve("x.csv"), "50800\n50400\n50000\n49600\n");
    CommandRun said = CommandRun.of("run", model, "-i", falling, "-o", folder.resolve("y.csv"));
    assertTrue(said.out().startsWith("sequence 0: down, score "), said.out() + said.err());
  }

  @Test
  void howFeaturesAreScaledIsNotLearnt() throws IOException {
    train("--epochs", 1, "--normalise");
    float[] one = scale();
    Files.delete(model);
    train("--epochs", 3, "--normalise");

    assertArrayEquals(one, scale());
    assertFalse(Arrays.equals(one, new float[] {1, 0, 0, 1}));
  }

  private float[] scale() throws IOException {
    try (Network network = ModelFile.open(model)) {
      return network.parameter("normalisation.weight").toArray();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cell lstm --readout last --bidirectional",
        "--cell gru --readout max",
        "--cell rnn --readout mean --split random --seed 2",
        "--readout attention --normalise --layers 2 --dropout 0.1 --validation 0"
      })
  void theModelWorksWithOtherCommands(String options) throws IOException {
    CommandRun run = train((Object[]) (options + " --epochs 2").split(" "));
    Path exported = folder.resolve("state.safetensors");
    Path again = folder.resolve("again.l4j");

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(CommandRun.of("inspect", model).out().contains("down, up"));
    CommandRun bench =
        CommandRun.of("bench", model, "--steps", 50, "--steps-per-run", 5, "--warm-up", 0.1);
    assertEquals(0, bench.exitCode(), bench.err());
    CommandRun export = CommandRun.of("export", model, "-o", exported);
    assertEquals(0, export.exitCode(), export.err());
    assertEquals(0, CommandRun.of("convert", exported, "-o", again).exitCode());
    assertArrayEquals(weights(model), weights(again));
  }

  @Test
  void arraysHaveLengthsAndTheirLabelsAreNumbers() throws IOException {
    float[] x = new float[40 * 5];
    long[] y = new long[40];
    long[] lengths = new long[40];
    for (int i = 0; i < 40; i++) {
      y[i] = i % 2;
      int steps = 2 + i % 4;
      lengths[i] = steps;
      Arrays.fill(x, i * 5, i * 5 + steps, i % 2 == 0 ? 1 : -1);
    }
    data = folder.resolve("moves.npz");
    Npz.write(
        data,
        Map.of(
            "x", NdArray.of(x, 40, 5, 1),
            "y", NdArray.of(y, 40),
            "lengths", NdArray.of(lengths, 40)));

    CommandRun run = train("--epochs", 10, "--batch", 8);

    assertEquals(100, accuracy(run), run.out() + run.err());
    assertEquals(List.of("0", "1"), ModelFile.attachments(model).labels().orElseThrow().names());
    Path two = folder.resolve("two.npz");
    float[] inputs = {1, -1, 1, -1, 1, 0};
    Npz.write(
        two, Map.of("x", NdArray.of(inputs, 3, 2, 1), "lengths", NdArray.of(new long[] {3, 2}, 2)));
    CommandRun said = CommandRun.of("run", model, "-i", two, "-o", folder.resolve("y.npz"));
    assertTrue(
        said.out().matches("(?s)sequence 0: 0, score [0-9.]+\\Rsequence 1: 1, score [0-9.]+\\R"),
        said.out() + said.err());
  }

  @Test
  void moreEpochsGoOnWhereFewerEnded() throws IOException {
    Object[] more = {"--dropout", 0.2, "--normalise", "--split", "random"};
    train(concat(more, "--epochs", 4));
    float[][] four = weights(model);
    Files.delete(model);
    train(concat(more, "--epochs", 2));
    CommandRun resumed = train(concat(more, "--epochs", 4, "--resume"));

    assertTrue(resumed.err().startsWith("epoch 3: "), resumed.err());
    assertArrayEquals(four, weights(model));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id,x,label;a,NaN,up;b,1,down | line 2, column 2 ('x') holds NaN",
        "id,x,label;a,1,up;b,1 | line 3, 2 cells where the first row has 3",
        "id,x,label;a,1,up;b,1,up | has only the label 'up'",
        "id,x,label;a,1,up;b,1,down | has 2 sequences to train, fewer than a batch of 16",
        "id,x,kind;a,1,up;b,1,down | has no column 'label'",
        "name,x,label;a,1,up;b,1,down | has no column 'id'"
      })
  void badTablesAreRefusedInASentence(String table, String expected) throws IOException {
    Files.writeString(data, table.strip().replace(';', '\n') + "\n");

    CommandRun run = train("--validation", 0);

    assertEquals(1, run.exitCode());
    assertTrue(
        run.sentence().startsWith(data.toString()) && run.sentence().contains(expected), run.err());
    assertFalse(Files.exists(model));
  }

  @Test
  void aLabelThatIsHeldBackWhollyIsNamed() throws IOException {
    Files.writeString(data, "id,x,label\na,1,up\nb,1,up\nc,1,down\n");

    assertTrue(
        train("--validation", 0.4).sentence().contains("no sequence to train has the label down"));
  }
}

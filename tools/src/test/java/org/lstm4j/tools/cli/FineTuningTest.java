// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.Vocabulary;

/** {@code train --from MODEL.l4j}. */
class FineTuningTest {
  @TempDir private Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(file(name), text);
  }

  private Path model(Network.Builder network, Attachments attachments) throws IOException {
    try (Network built = TestNetworks.build(network)) {
      ModelFile.write(built, attachments, file("start.l4j"));
    }
    return file("start.l4j");
  }

  private static float[] parameter(Path model, String name) throws IOException {
    try (Network network = ModelFile.open(model)) {
      return network.parameter(name).toArray();
    }
  }

  /** Three columns that swing, and a fourth with text. */
  private Path table() throws IOException {
    String rows =
        IntStream.range(0, 60)
            .mapToObj(row ->
                "%s,%s,%s,day\n".formatted(Math.sin(0.5 * row), Math.cos(0.5 * row), Math.sin(row)))
            .collect(Collectors.joining());
    return write("table.csv", "a,b,c,text\n" + rows);
  }

  /** Sequences with three features of two labels. */
  private Path moves(String one, String other) throws IOException {
    String rows =
        IntStream.range(0, 40)
            .mapToObj(
                i -> "m%d,%d,0,1,%s\n".formatted(i / 2, i / 2 % 2, i / 2 % 2 == 0 ? one : other))
            .collect(Collectors.joining());
    return write("moves.csv", "id,x,y,z,label\n" + rows);
  }

  private CommandRun train(String kind, Path data, String options) {
    return CommandRun.of(
        Stream.concat(
                Stream.of(
                    "train", kind, data, "-o", file("tuned.l4j"), "--from", file("start.l4j")),
                Arrays.stream(options.split(" ")))
            .toArray());
  }

  @Test
  void frozenLayersOfAnImportedModelStayAndTheOthersLearn() throws IOException {
    Path start = model(TestNetworks.manyToOne().batchFirst(true), Attachments.none());

    CommandRun run =
        train(
            "series", table(), "--columns a,b,c --targets a,b --freeze lstm --epochs 2 --batch 8");

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("start.l4j takes the batch axis first"), run.err());
    Path tuned = file("tuned.l4j");
    for (String name : List.of("lstm.weight_ih_l0", "lstm.bias_hh_l0")) {
      assertArrayEquals(parameter(start, name), parameter(tuned, name));
    }
    for (String name : List.of("fc.weight", "fc.bias")) {
      assertFalse(Arrays.equals(parameter(start, name), parameter(tuned, name)), name);
    }
    assertEquals(0, CommandRun.of("forecast", tuned, "-i", table(), "-o", "-").exitCode());
  }

  @Test
  void aTrainedModelGoesOnWithItsColumnsAndUnitsOnOtherData() throws IOException {
    Object[] first = {
      "train",
      "series",
      table(),
      "-o",
      file("start.l4j"),
      "--columns",
      "a,b",
      "--window",
      6,
      "--horizon",
      2,
      "--hidden",
      4,
      "--epochs",
      1,
      "--batch",
      8
    };
    assertEquals(0, CommandRun.of(first).exitCode());
    Path other = write("other.csv", Files.readString(table()).replace("0.", "7."));

    CommandRun run = train("series", other, "--epochs 1 --batch 8 --freeze rnn");
    CommandRun resumed = train("series", other, "--epochs 2 --batch 8 --freeze rnn --resume");

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertEquals(
        ModelFile.attachments(file("start.l4j")).normalisation(),
        ModelFile.attachments(file("tuned.l4j")).normalisation());
    assertArrayEquals(
        parameter(file("start.l4j"), "rnn.weight_hh_l0"),
        parameter(file("tuned.l4j"), "rnn.weight_hh_l0"));
    Files.delete(file("tuned.l4j"));
    CommandRun columns = train("series", other, "--columns a,b");
    assertEquals(2, columns.exitCode());
    assertTrue(columns.err().contains("--columns is decided by the model of --from"));
  }

  @Test
  void labelsKeepTheirPlaces() throws IOException {
    Object[] first = {
      "train",
      "labels",
      moves("up", "down"),
      "-o",
      file("start.l4j"),
      "--hidden",
      4,
      "--epochs",
      1,
      "--batch",
      8,
      "--normalise"
    };
    assertEquals(0, CommandRun.of(first).exitCode());

    CommandRun run = train("labels", moves("down", "up"), "--epochs 1 --batch 8");
    CommandRun resumed = train("labels", moves("down", "up"), "--epochs 2 --batch 8 --resume");

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertEquals(
        List.of("down", "up"),
        ModelFile.attachments(file("tuned.l4j")).labels().orElseThrow().names());
    for (String name : List.of("normalisation.weight", "normalisation.bias")) {
      assertArrayEquals(parameter(file("start.l4j"), name), parameter(file("tuned.l4j"), name));
    }
    Files.delete(file("tuned.l4j"));
    assertTrue(
        train("labels", moves("down", "left"), "--batch 8")
            .sentence()
            .endsWith("the label 'left' is none of the model's, which are down, up"));
  }

  @Test
  void aTextIsReadWithTheTokensOfTheModel() throws IOException {
    Object[] first = {
      "train",
      "text",
      write("first.txt", "abcd".repeat(60)),
      "-o",
      file("start.l4j"),
      "--hidden",
      4,
      "--epochs",
      1,
      "--batch",
      2,
      "--steps",
      5,
      "--embedding",
      3
    };
    assertEquals(0, CommandRun.of(first).exitCode());
    Path second = write("second.txt", "dcxba".repeat(60));

    CommandRun run = train("text", second, "--epochs 2 --batch 2 --steps 5 --freeze embedding");

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(
        ModelFile.attachments(file("start.l4j")).vocabulary(),
        ModelFile.attachments(file("tuned.l4j")).vocabulary());
    assertArrayEquals(
        parameter(file("start.l4j"), "embedding.weight"),
        parameter(file("tuned.l4j"), "embedding.weight"));
  }

  @Test
  void aTokenThatTheModelLacksIsNamedWithItsLine() throws IOException {
    Vocabulary vocabulary =
        new Vocabulary(
            Vocabulary.Kind.WORD, List.of("a", "b", "c", "d", "e", "f", "g"), OptionalInt.empty());
    model(TestNetworks.tokens(), Attachments.none().with(vocabulary));

    CommandRun run = train("text", write("words.txt", "a b\nabba a\nbb a bb\n"), "--epochs 1");

    assertTrue(
        run.sentence().startsWith(file("words.txt") + ": line 2, 'abba' is not in the vocabulary"),
        run.err());
  }

  @Test
  void aModelWithoutVocabularyReadsNoText() throws IOException {
    model(TestNetworks.tokens(), Attachments.none());

    assertTrue(
        train("text", write("text.txt", "abc".repeat(99)), "--epochs 1")
            .sentence()
            .contains("has no vocabulary, so nobody knows its tokens"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "many to one  | --columns a,b --targets a,b   | reads 3 features, but the data has 2",
        "many to one  | --columns a,b,c --targets a   | gives 2 features, but there are 1 values",
        "many to one  | --columns a,b,c --targets a,b --freeze gru | gru' cannot be frozen",
        "many to many | --columns a,b,c --targets a,b | gives an output for each time step",
        "one to many  | --columns a,b,c               | makes many outputs of one input",
        "tokens       | --columns a,b,c               | takes tokens, not columns of numbers"
      })
  void aModelThatDoesNotFitIsRefused(String network, String options, String expected)
      throws IOException {
    model(
        switch (network) {
          case "many to one" -> TestNetworks.manyToOne();
          case "many to many" -> TestNetworks.manyToMany();
          case "one to many" -> TestNetworks.oneToMany();
          default -> TestNetworks.tokens();
        },
        Attachments.none());

    CommandRun run = train("series", table(), options + " --batch 8");

    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.sentence().contains(expected), run.err());
    assertFalse(Files.exists(file("tuned.l4j")));
  }

  @Test
  void scoresMustNotHaveASoftmaxBehindThem() throws IOException {
    Layer softmax = new Layer.Activation(new ActivationFunction.Softmax(), 2);
    model(TestNetworks.manyToOne().add(softmax), Attachments.none());

    assertTrue(
        train("labels", moves("up", "down"), "--batch 8")
            .sentence()
            .contains("ends with a softmax, which is part of the loss here"));
  }

  @ParameterizedTest
  @CsvSource({"series, --hidden 4", "labels, --readout max", "text, --words", "text, --init d2l"})
  void whatTheModelDecidesIsNoOption(String kind, String option) throws IOException {
    model(TestNetworks.manyToOne(), Attachments.none());

    CommandRun run = train(kind, table(), option);

    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(" is decided by the model of --from; leave it out"), run.err());
  }
}

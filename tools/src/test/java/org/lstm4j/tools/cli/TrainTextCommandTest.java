// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lstm4j.tools.cli.TrainingProcess.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
import org.lstm4j.format.Vocabulary;

class TrainTextCommandTest {
  private static final Path TIME_MACHINE =
      Path.of("").toAbsolutePath().getParent().resolveSibling("shared/data/timemachine.txt");

  /** What the tests train unless they say otherwise. */
  private static final Map<String, Object> SMALL =
      Map.of("--hidden", 16, "--batch", 4, "--steps", 10, "--learning-rate", 0.01);

  @TempDir private Path folder;
  private Path corpus;
  private Path model;

  @BeforeEach
  void writeCorpus() throws IOException {
    corpus = Files.writeString(folder.resolve("corpus.txt"), "abcdefgh".repeat(100));
    model = folder.resolve("model.l4j");
  }

  private CommandRun train(Object... more) {
    return CommandRun.of(arguments(more));
  }

  private Object[] arguments(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", "text", corpus, "-o", model));
    arguments.addAll(List.of(more));
    SMALL.forEach((option, value) -> {
      if (!arguments.contains(option)) {
        arguments.addAll(List.of(option, value));
      }
    });
    return arguments.toArray();
  }

  @Test
  void aNetworkLearnsATextAndWritesIt() throws IOException {
    Path metrics = folder.resolve("metrics.csv");
    Path plot = folder.resolve("loss.png");
    CommandRun run = train("--epochs", 12, "--metrics", metrics, "--plot", plot);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(12, run.err().lines().count(), run.err());
    assertTrue(run.err().startsWith("epoch 1: loss "), run.err());
    assertTrue(run.out().contains("perplexity 1."), run.out());
    assertTrue(run.out().contains("tokens/s"), run.out());
    assertEquals(13, Files.readAllLines(metrics).size());
    assertEquals(1200, ImageIO.read(plot.toFile()).getWidth());
    Vocabulary vocabulary = ModelFile.attachments(model).vocabulary().orElseThrow();
    assertEquals(List.of("<unk>", "a", "b", "c", "d", "e", "f", "g", "h"), vocabulary.tokens());

    CommandRun text =
        CommandRun.of("generate", model, "--prefix", "cde", "--length", 10, "--temperature", 0);
    assertEquals("cdefghabcdefg", text.out().strip(), text.err());
  }

  @ParameterizedTest
  @CsvSource({
    "--cell gru --layers 2 --optimizer rmsprop",
    "--cell rnn --embedding 5 --optimizer adamw",
    "--embedding 12 --hidden 12 --tie --recompute",
    "--words --random --min-frequency 2 --clip-norm 1",
    "--normalise lower-letters --init d2l --optimizer sgd --validation 0.3"
  })
  void allOptionsMakeAModelThatCanWrite(String options) throws IOException {
    Files.writeString(corpus, "to be or not to be, that is the question. ".repeat(30));
    CommandRun run = train((Object[]) (options + " --epochs 2").split(" "));
    CommandRun text =
        CommandRun.of("generate", model, "--prefix", "to be", "--length", 20, "--top-k", 3);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(0, text.exitCode(), text.err());
    assertTrue(text.out().startsWith("to be"), text.out());
    assertFalse(text.out().contains("<unk>"), text.out());
    assertEquals(options.contains("--validation"), run.out().contains("validation loss"));
  }

  @Test
  void theSameSeedGivesTheSameModelOnAnyNumberOfThreads() throws IOException {
    train("--epochs", 2, "--seed", 5);
    float[][] one = weights(model);
    Files.delete(model);
    train("--epochs", 2, "--seed", 5, "--threads", 2);

    assertArrayEquals(one, weights(model));
  }

  @Test
  void aTiedEmbeddingIsTheMatrixThatScoresTokensAlsoAfterAnInterruption() throws IOException {
    train("--embedding", 16, "--tie", "--epochs", 1);
    CommandRun resumed = train("--embedding", 16, "--tie", "--epochs", 2, "--resume");

    assertEquals(0, resumed.exitCode(), resumed.err());
    try (Network network = ModelFile.open(model)) {
      assertArrayEquals(
          network.parameter("embedding.weight").toArray(),
          network.parameter("linear.weight").toArray());
    }
  }

  @Test
  void lessMemoryGivesTheSameModel() throws IOException {
    train("--epochs", 2);
    float[][] kept = weights(model);
    Files.delete(model);
    train("--epochs", 2, "--recompute");

    assertArrayEquals(kept, weights(model));
  }

  @Test
  void theSameSeedGivesTheSameText() {
    train("--epochs", 1);
    Object[] command = {"generate", model, "--prefix", "a", "--seed", 4, "--temperature", 2};

    assertEquals(CommandRun.of(command), CommandRun.of(command));
    command[5] = 5;
    CommandRun other = CommandRun.of(command);
    command[5] = 4;
    assertFalse(other.equals(CommandRun.of(command)));
  }

  @Test
  void moreEpochsGoOnWhereFewerEnded() throws IOException {
    train("--epochs", 4);
    float[][] four = weights(model);
    Files.delete(model);
    train("--epochs", 2);
    CommandRun resumed = train("--epochs", 4, "--resume");

    assertTrue(resumed.err().startsWith("epoch 3: "), resumed.err());
    assertArrayEquals(four, weights(model));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aProcessThatIsKilledOrAskedToEndLeavesACheckpointToGoOnFrom(boolean kill)
      throws IOException, InterruptedException {
    Object[] more = {"--epochs", 60, "--hidden", 32, "--checkpoint-seconds", "0.01"};
    train(more);
    float[][] expected = weights(model);
    Files.delete(model);

    String said =
        TrainingProcess.endAfterFirstCheckpoint(
            kill, model, folder.resolve("log.txt"), arguments(more));
    assertTrue(Files.exists(model), said);
    if (!kill) {
      assertTrue(said.contains("the same command with --resume goes on from"), said);
    }
    CommandRun resumed = train(Stream.concat(Arrays.stream(more), Stream.of("--resume")).toArray());

    assertEquals(0, resumed.exitCode(), resumed.err());
    assertArrayEquals(expected, weights(model));
  }

  @Test
  void aRunGoesOnWithItsOwnSettingsOnly() throws IOException {
    train("--epochs", 1);
    assertTrue(train("--resume", "--hidden", 8).sentence().contains("began with hidden 16, not 8"));
    Files.writeString(corpus, "abcdefghi".repeat(100));
    assertTrue(train("--resume").sentence().contains("began with corpus 800 tokens"));
  }

  @Test
  void aModelIsNotReplacedByAccidentAndNothingIsResumedFromNothing() throws IOException {
    CommandRun nothing = train("--resume");
    assertEquals(2, nothing.exitCode());
    assertTrue(nothing.err().contains("nothing to go on from"), nothing.err());

    Files.writeString(model, "precious");
    CommandRun existing = train();
    assertEquals(2, existing.exitCode());
    assertTrue(existing.err().contains("exists already"), existing.err());
    assertEquals("precious", Files.readString(model));
  }

  @Test
  void aCorpusThatCannotBeLearntIsRefusedInASentence() throws IOException {
    Files.writeString(corpus, "abc");
    assertTrue(train().sentence().contains("has 3 tokens to learn from"), train().err());
    Files.writeString(corpus, "");
    assertTrue(train().sentence().contains("holds no text"));
    Files.write(corpus, "Größe".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(train().sentence().contains("not text in UTF-8"));
    Files.delete(corpus);
    assertTrue(train().sentence().contains("there is no such file"));
    assertFalse(Files.exists(model));
  }

  @ParameterizedTest
  @CsvSource({
    "--hidden 0, --hidden must be at least 1",
    "--validation 1, --validation must be from 0 to below 1",
    "--tie, --tie needs an embedding of as many features as the last layer reads",
    "--cell elman, is none of lstm",
    "--optimizer lbfgs, is none of sgd",
    "--checkpoint-seconds 0, --checkpoint-seconds must be more than 0"
  })
  void wrongOptionsAreNamed(String options, String expected) {
    CommandRun run = train((Object[]) options.split(" "));

    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(expected), run.err());
  }

  @Test
  void aLossThatIsNoNumberEndsTheTrainingWithASentence() {
    CommandRun run = train("--optimizer", "sgd", "--learning-rate", "1e38", "--epochs", 5);

    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.err().contains("training stopped in epoch "), run.err());
  }

  @Test
  void whatAModelHasNeverSeenIsNamed() {
    train("--epochs", 1);
    CommandRun run = CommandRun.of("generate", model, "--prefix", "abX詩X");

    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("vocabulary lacks 'X', '詩'; leave it out"), run.err());
  }

  @Test
  void aModelWithoutVocabularyCannotWrite() throws IOException {
    try (Network network = TestNetworks.build(TestNetworks.tokens())) {
      ModelFile.write(network, model);
    }
    assertTrue(
        CommandRun.of("generate", model, "--prefix", "a").sentence().contains("has no vocabulary"));
  }

  @Test
  void theTimeMachineIsLearntBetterEachEpoch() throws IOException {
    assumeTrue(
        Files.exists(TIME_MACHINE), "skipped, since timemachine.txt is not in ../shared/data");
    corpus = TIME_MACHINE;
    CommandRun run =
        train(
            "--normalise",
            "lower-letters",
            "--limit",
            2000,
            "--epochs",
            6,
            "--clip-norm",
            1,
            "--optimizer",
            "sgd",
            "--init",
            "d2l");

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(28, ModelFile.attachments(model).vocabulary().orElseThrow().tokens().size());
    double[] losses =
        run.err()
            .lines()
            .mapToDouble(line -> Double.parseDouble(line.replaceAll(".*: loss ([0-9.]+),.*", "$1")))
            .toArray();
    assertTrue(losses[5] < losses[0], Arrays.toString(losses));
  }
}

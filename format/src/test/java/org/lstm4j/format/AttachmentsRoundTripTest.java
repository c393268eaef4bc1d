// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.Normalisation.Column;
import org.lstm4j.format.TestAttachments.Attached;

class AttachmentsRoundTripTest {
  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("model.l4j");
  }

  private Attachments writtenAndRead(Layer layer, Attachments attachments) throws IOException {
    try (Network network = TestNetworks.network(layer)) {
      ModelFile.write(network, attachments, path);
    }
    return ModelFile.attachments(path);
  }

  static Stream<Attached> attached() {
    return TestAttachments.ofEveryKind();
  }

  @ParameterizedTest
  @MethodSource("attached")
  void whatIsAttachedIsReadAsItWas(Attached attached) throws IOException {
    try (attached) {
      ModelFile.write(attached.network(), attached.attachments(), path);
    }
    Attachments read = ModelFile.attachments(path);
    assertEquals(attached.attachments().withoutTrainingState(), read.withoutTrainingState());
    assertEqualBits(
        attached.attachments().trainingState().orElseThrow(), read.trainingState().orElseThrow());
  }

  private static void assertEqualBits(TrainingState expected, TrainingState actual) {
    assertEquals(expected.counters(), actual.counters());
    assertEquals(expected.values().keySet(), actual.values().keySet());
    expected
        .values()
        .forEach((name, value) ->
            assertEquals(
                Double.doubleToRawLongBits(value),
                Double.doubleToRawLongBits(actual.values().get(name)),
                name));
    assertEquals(List.copyOf(expected.tensors().keySet()), List.copyOf(actual.tensors().keySet()));
    expected
        .tensors()
        .forEach((name, tensor) -> assertEqualBits(tensor, actual.tensors().get(name)));
  }

  private static void assertEqualBits(Tensor expected, Tensor actual) {
    assertArrayEquals(expected.shape(), actual.shape());
    assertEquals(-1, expected.data().mismatch(actual.data()));
  }

  @ParameterizedTest
  @MethodSource("attached")
  void theNetworkIsWhatItIsWithoutAttachments(Attached attached) throws IOException {
    Path plain = directory.resolve("plain.l4j");
    try (attached) {
      ModelFile.write(attached.network(), plain);
      ModelFile.write(attached.network(), attached.attachments(), path);
    }
    Path again = directory.resolve("again.l4j");
    try (Network network = ModelFile.open(path)) {
      ModelFile.write(network, again);
    }
    assertArrayEquals(Files.readAllBytes(plain), Files.readAllBytes(again));
  }

  @ParameterizedTest
  @MethodSource("attached")
  void equalAttachmentsGiveEqualFiles(Attached attached) throws IOException {
    Path again = directory.resolve("again.l4j");
    try (attached) {
      ModelFile.write(attached.network(), attached.attachments(), path);
      ModelFile.write(attached.network(), ModelFile.attachments(path), again);
    }
    assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(again));
  }

  @Test
  void aFileWithoutAttachmentsHasNone() throws IOException {
    assertTrue(writtenAndRead(new Layer.Linear("fc", 1, 1, false), Attachments.none()).isEmpty());
  }

  @Test
  void anEmptyTrainingStateIsStillThere() throws IOException {
    Attachments empty = Attachments.none().with(new TrainingState(Map.of(), Map.of(), Map.of()));
    assertEquals(empty, writtenAndRead(new Layer.Linear("fc", 1, 1, false), empty));
  }

  static Stream<Arguments> versions() {
    Attachments labels = Attachments.none().with(TestAttachments.labels("a", "b"));
    return Stream.of(
        arguments(new Layer.Linear("fc", 1, 2, true), labels, 1),
        arguments(Layer.Gru.of("gru", 1, 2), labels, 2),
        arguments(
            new Layer.Linear("fc", 1, 2, true), labels.with(TestAttachments.trainingState()), 3));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void onlyATrainingStateKeepsOlderReadersAway(Layer layer, Attachments attachments, int oldest)
      throws IOException {
    writtenAndRead(layer, attachments);
    ModelSummary summary = ModelFile.describe(path);
    assertEquals(3, summary.formatVersion());
    assertEquals(oldest, summary.minimumReaderVersion());
  }

  @ParameterizedTest
  @MethodSource("attached")
  void damagedWeightsDoNotConcernAttachmentsNorTheirTensorsTheNetwork(Attached attached)
      throws IOException {
    try (attached) {
      ModelFile.write(attached.network(), attached.attachments(), path);
    }
    byte[] intact = Files.readAllBytes(path);
    int firstWeight = (int) ModelFile.describe(path).tensors().getFirst().offset();
    Files.write(path, flipped(intact, firstWeight));
    ModelFile.attachments(path);
    Refusals.assertRefused(path, "has the checksum");
    Files.write(path, flipped(intact, intact.length - 1));
    ModelFile.open(path).close();
    Refusals.assertRefused(path, () -> ModelFile.attachments(path), "tensor adam has the checksum");
  }

  private static byte[] flipped(byte[] bytes, int index) {
    byte[] damaged = bytes.clone();
    damaged[index] ^= 1;
    return damaged;
  }

  @Test
  void aVocabularyOf50000LongWordsFits() throws IOException {
    List<String> words =
        IntStream.range(0, 50_000).mapToObj(i -> "donaudampfschifffahrt" + i).toList();
    Attachments attachments =
        Attachments.none().with(new Vocabulary(Vocabulary.Kind.WORD, words, OptionalInt.empty()));
    assertEquals(attachments, writtenAndRead(new Layer.OneHot(50_000), attachments));
  }

  @Test
  void theLargestVocabularyIsWrittenAndReadInASmallHeap() throws IOException {
    int size = Vocabulary.MAX_TOKENS;
    List<String> tokens = IntStream.range(0, size).mapToObj(Integer::toString).toList();
    Vocabulary vocabulary = new Vocabulary(Vocabulary.Kind.WORD, tokens, OptionalInt.of(size - 1));
    Attachments read = writtenAndRead(new Layer.OneHot(size), Attachments.none().with(vocabulary));
    assertEquals(vocabulary, read.vocabulary().orElseThrow());
  }

  /** One value a time step, or all of the horizon at once, or none that are normalised. */
  static Stream<Arguments> forecasts() {
    List<Column> two = List.of(new Column("a", 0, 1), new Column("b", 0, 1));
    return Stream.of(
        arguments(2, new Normalisation(two, two, 10, 3)),
        arguments(6, new Normalisation(two, two, 10, 3)),
        arguments(2, new Normalisation(two, two, 0, 0)),
        arguments(7, new Normalisation(two, List.of(), 0, 0)));
  }

  @ParameterizedTest
  @MethodSource("forecasts")
  void anOutputColumnMayStandForEveryTimeStepOfAForecast(int outputs, Normalisation normalisation)
      throws IOException {
    Attachments attachments = Attachments.none().with(normalisation);
    assertEquals(
        attachments, writtenAndRead(new Layer.Linear("fc", 2, outputs, true), attachments));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
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
import org.lstm4j.format.TestAttachments.Attached;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.LayerEntry;
import org.lstm4j.format.v1.OneHot;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.TensorLayout;

/** What is attached to a network and breaks one rule each, with the header's checksum right. */
class AttachmentRulesTest {
  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("model.l4j");
  }

  private void assertAttachmentsRefused(String... words) {
    Refusals.assertRefused(path, () -> ModelFile.attachments(path), words);
  }

  private static Arguments header(String expected, Consumer<Header.Builder> change) {
    return arguments(expected, change);
  }

  private static Arguments vocabulary(
      String expected, Consumer<org.lstm4j.format.v1.Vocabulary.Builder> change) {
    return header(expected, header -> change.accept(header.getVocabularyBuilder()));
  }

  private static Arguments normalisation(
      String expected, Consumer<org.lstm4j.format.v1.Normalisation.Builder> change) {
    return header(expected, header -> change.accept(header.getNormalisationBuilder()));
  }

  private static Arguments tensor(String expected, Consumer<TensorEntry.Builder> change) {
    return header(
        expected, header -> change.accept(header.getTrainingStateBuilder().getTensorsBuilder(1)));
  }

  static Stream<Arguments> brokenVocabularies() {
    return Stream.of(
        vocabulary("the kind of its vocabulary is unknown; update", v -> v.clearKind()),
        vocabulary("the kind of its vocabulary is unknown; update", v -> v.setKindValue(3)),
        vocabulary(
            "its field vocabulary is invalid: a vocabulary has 1 to 1048576 tokens, not 0",
            v -> v.clearTokens()),
        vocabulary("tokens 1 and 3 are both \"東\"", v -> v.setTokens(3, "東")),
        vocabulary("both \"?[2J\"", v -> v.setTokens(0, "\u001b[2J").setTokens(1, "\u001b[2J")),
        vocabulary(
            "the unknown token has index 5, but the tokens have 0 to 4", v -> v.setUnknown(5)),
        vocabulary("has index 4294967295, but", v -> v.setUnknown(-1)),
        vocabulary(
            "does not fit its layers: the vocabulary has 6 tokens, but the network takes only 5",
            v -> v.addTokens("z")),
        header(
            "a normalisation is for a network that takes vectors, not tokens",
            h -> h.getNormalisationBuilder().addInputsBuilder().setScale(1)),
        header("the network gives 3 features", h -> h.getLabelsBuilder().addNames("z")));
  }

  @ParameterizedTest
  @MethodSource("brokenVocabularies")
  void aVocabularyThatBreaksARuleIsRefused(String expected, Consumer<Header.Builder> change)
      throws IOException {
    try (Attached attached = TestAttachments.ofTokens()) {
      new HostileModel(attached.network(), attached.attachments(), path)
          .header(change)
          .writeTo(path);
    }
    assertAttachmentsRefused(expected);
  }

  static Stream<Arguments> brokenNormalisations() {
    return Stream.of(
        normalisation(
            "its field normalisation is invalid: column p needs a finite scale above 0, not 0.0",
            n -> n.getInputsBuilder(1).clearScale()),
        normalisation("not -1.0", n -> n.getInputsBuilder(1).setScale(-1)),
        normalisation("not NaN", n -> n.getInputsBuilder(1).setScale(Double.NaN)),
        normalisation(
            "not Infinity", n -> n.getOutputsBuilder(0).setScale(Double.POSITIVE_INFINITY)),
        normalisation("a finite mean, not NaN", n -> n.getInputsBuilder(0).setMean(Double.NaN)),
        normalisation("two input columns are named p", n -> n.getInputsBuilder(0).setName("p")),
        normalisation("two output columns are named t °C", n -> n.addOutputs(n.getOutputs(0))),
        normalisation("at least one input column", n -> n.clearInputs()),
        normalisation("both 0, not 0 and 1", n -> n.clearWindow()),
        normalisation("both 0, not 5 and 0", n -> n.clearHorizon()),
        normalisation("both 0, not 4294967295 and 1", n -> n.setWindow(-1)),
        normalisation("1 input columns, but the network takes 2", n -> n.removeInputs(0)),
        normalisation(
            "2 output columns and a horizon of 1, but the network gives 1",
            n -> n.addOutputs(n.getInputs(1))));
  }

  static Stream<Arguments> brokenLabels() {
    return Stream.of(
        header(
            "its field labels is invalid: a classifier has at least one class",
            h -> h.getLabelsBuilder().clearNames()),
        header("two classes are named yes", h -> h.getLabelsBuilder().setNames(0, "yes")),
        header(
            "labels for 3 classes, but the network gives 1",
            h -> h.getLabelsBuilder().addNames("perhaps")),
        header(
            "a vocabulary is for a network that takes tokens, not vectors",
            h ->
                h.getVocabularyBuilder()
                    .setKind(org.lstm4j.format.v1.Vocabulary.Kind.KIND_WORD)
                    .addTokens("a")));
  }

  @ParameterizedTest
  @MethodSource({"brokenNormalisations", "brokenLabels"})
  void whatIsAttachedToVectorsAndBreaksARuleIsRefused(
      String expected, Consumer<Header.Builder> change) throws IOException {
    hostile().header(change).writeTo(path);
    assertAttachmentsRefused(expected);
  }

  private HostileModel hostile() throws IOException {
    try (Attached attached = TestAttachments.ofVectors()) {
      return new HostileModel(attached.network(), attached.attachments(), path);
    }
  }

  /** Of the tensors momentum (16 bytes at offset 128), fc.bias (4 at 192) and adam (12 at 256). */
  static Stream<Arguments> brokenTrainingStates() {
    return Stream.of(
        header(
            "its contents need a reader of format version 3, but it asks for version 2",
            h -> h.setMinimumReaderVersion(2)),
        tensor("tensor fc.bias has data type 0", TensorEntry.Builder::clearDataType),
        tensor("tensor fc.bias has no checksum", TensorEntry.Builder::clearCrc32C),
        tensor("tensor momentum appears twice", t -> t.setName("momentum")),
        tensor("has shape [2], but 4 bytes", t -> t.addShape(2)),
        tensor("dimension of 0", t -> t.addShape(0).setLength(0)),
        tensor("overlaps the one before it", t -> t.setOffset(0)),
        tensor("no multiple of 64", t -> t.setOffset(193)),
        tensor("but belongs at 192", t -> t.setOffset(256)),
        tensor("but the tensors end at 268", t -> t.setOffset(1 << 20)),
        tensor("dimension of 1073741824", t -> t.addShape(1 << 30)),
        header(
            "its tensors have 268 bytes, but the last of them ends at 196",
            h -> h.getTrainingStateBuilder().removeTensors(2)),
        header(
            "its tensors have 268 bytes, but the last of them ends at 68",
            Header.Builder::clearTrainingState));
  }

  @ParameterizedTest
  @MethodSource("brokenTrainingStates")
  void aTrainingStateThatBreaksARuleIsRefusedEvenByWhoOnlyOpensTheNetwork(
      String expected, Consumer<Header.Builder> change) throws IOException {
    hostile().header(change).writeTo(path);
    assertAttachmentsRefused(expected);
    Refusals.assertRefused(path, expected);
  }

  @Test
  void attachmentsOfNoLayersAreRefused() throws IOException {
    hostile()
        .header(h -> h.clearLayers().clearTensors().clearTrainingState())
        .weightsLength(0)
        .writeTo(path);
    assertAttachmentsRefused("at least one layer");
  }

  /** Each as large as a header may be. */
  static Stream<Arguments> bombs() {
    return Stream.of(
        arguments("empty tokens", new byte[] {2 << 3 | 2, 0}),
        arguments("unknown fields", new byte[] {15 << 3, 1}),
        arguments("nested groups", new byte[] {15 << 3 | 3}));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void aVocabularyOfVeryManyPartsIsRefusedInASmallHeap(String parts, byte[] part)
      throws IOException {
    ByteString.Output content = ByteString.newOutput();
    content.write(new byte[] {1 << 3, 1});
    for (int i = 0; i < (15 << 20) / part.length; i++) {
      content.write(part);
    }
    byte[] field = lengthDelimited(Header.VOCABULARY_FIELD_NUMBER, content.toByteString());
    byte[] start =
        Header.newBuilder()
            .setFormat("lstm4j.model")
            .setFormatVersion(1)
            .setMinimumReaderVersion(1)
            .addAllGateOrderValue(ModelHeader.GATE_ORDER)
            .setTensorLayout(TensorLayout.TENSOR_LAYOUT_ROW_MAJOR_LITTLE_ENDIAN)
            .addLayers(LayerEntry.newBuilder().setOneHot(OneHot.newBuilder().setClasses(9)))
            .build()
            .toByteArray();
    byte[] header = Arrays.copyOf(start, start.length + field.length);
    System.arraycopy(field, 0, header, start.length, field.length);
    HostileModel.write(path, header, new byte[0]);
    assertAttachmentsRefused();
  }

  private static byte[] lengthDelimited(int number, ByteString content) {
    return UnknownFieldSet.newBuilder()
        .addField(number, UnknownFieldSet.Field.newBuilder().addLengthDelimited(content).build())
        .build()
        .toByteArray();
  }

  /** With five tokens for the network, or two numbers. */
  static Stream<Arguments> unfit() {
    Attachments none = Attachments.none();
    return Stream.of(
        arguments(none.with(TestAttachments.vocabulary()), "takes tokens, not vectors"),
        arguments(none.with(TestAttachments.labels("a", "b", "c")), "labels for 3 classes"),
        arguments(
            none.with(new Labels(List.of("a", "\ud83d"))),
            "a name, token or metadata entry is no Unicode text"),
        arguments(
            none.with(trainingState(Map.of("m", Tensor.of(new float[0], 0)), Map.of())),
            "tensor m of the training state is empty"),
        arguments(none.with(trainingState(Map.of(), Map.of("\ud83d", 1L))), "is no Unicode text"),
        arguments(
            none.with(trainingState(Map.of(), Map.of("x".repeat(1 << 20), 1L))),
            "bytes beside its vocabulary, but at most 1048576"));
  }

  private static TrainingState trainingState(
      Map<String, Tensor> tensors, Map<String, Long> counters) {
    return new TrainingState(tensors, counters, Map.of());
  }

  @ParameterizedTest
  @MethodSource("unfit")
  void whatDoesNotFitIsNotWrittenAndTheOldFileStays(Attachments attachments, String words)
      throws IOException {
    Files.writeString(path, "old");
    try (Network network = TestNetworks.small()) {
      assertNotWritten(network, attachments, words);
    }
    assertEquals("old", Files.readString(path));
  }

  private void assertNotWritten(Network network, Attachments attachments, String words) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ModelFile.write(network, attachments, path));
    assertTrue(e.getMessage().contains(words), e::getMessage);
  }

  @Test
  void aVocabularyBeyondTheHeadersLimitIsNotWritten() throws IOException {
    List<String> tokens = IntStream.range(0, 20).mapToObj(i -> i + "x".repeat(1 << 20)).toList();
    Vocabulary vocabulary = new Vocabulary(Vocabulary.Kind.WORD, tokens, OptionalInt.empty());
    try (Network network = TestNetworks.network(new Layer.OneHot(20))) {
      assertNotWritten(network, Attachments.none().with(vocabulary), "at most 16777216");
    }
  }
}

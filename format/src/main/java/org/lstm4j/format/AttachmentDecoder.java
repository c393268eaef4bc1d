// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.Labels;
import org.lstm4j.format.v1.Normalisation;
import org.lstm4j.format.v1.Vocabulary;

/** Turns fields of a header into attachments, and checks them against the network. */
final class AttachmentDecoder {
  private final WireMessage header;
  private final TensorTable trainingTensors;
  private final StoredTensors source;

  private AttachmentDecoder(ModelHeader header, StoredTensors source) {
    this.header = header.message();
    this.trainingTensors = header.trainingTensors();
    this.source = source;
  }

  /**
   * Reads the attachments of a model.
   *
   * @param source the tensors of the training state
   */
  static Attachments decode(ModelHeader header, StoredTensors source) {
    return new AttachmentDecoder(header, source).decode(header.layers());
  }

  private Attachments decode(List<Layer> layers) {
    Attachments attachments =
        new Attachments(
            field("vocabulary", Header.VOCABULARY_FIELD_NUMBER, AttachmentDecoder::vocabulary),
            field(
                "normalisation",
                Header.NORMALISATION_FIELD_NUMBER,
                AttachmentDecoder::normalisation),
            field("labels", Header.LABELS_FIELD_NUMBER, AttachmentDecoder::labels),
            Optional.empty());
    requireFit(attachments, layers);
    return field("training_state", Header.TRAINING_STATE_FIELD_NUMBER, this::trainingState)
        .map(attachments::with)
        .orElse(attachments);
  }

  private static void requireFit(Attachments attachments, List<Layer> layers) {
    require(!layers.isEmpty(), "its network needs at least one layer; write it again");
    try {
      attachments.requireFit(layers);
    } catch (IllegalArgumentException e) {
      throw new FormatViolation(
          "what is attached does not fit its layers: " + e.getMessage() + "; write it again", e);
    }
  }

  private <T> Optional<T> field(String name, int number, Function<WireMessage, T> decoder) {
    if (!header.has(number)) {
      return Optional.empty();
    }
    try {
      return Optional.of(decoder.apply(header.message(number)));
    } catch (IllegalArgumentException e) {
      throw new FormatViolation(
          "its field " + name + " is invalid: " + e.getMessage() + "; write it again", e);
    }
  }

  private static org.lstm4j.format.Vocabulary vocabulary(WireMessage message) {
    org.lstm4j.format.Vocabulary.Kind kind =
        switch (message.uint32(Vocabulary.KIND_FIELD_NUMBER)) {
          case Vocabulary.Kind.KIND_CHARACTER_VALUE -> org.lstm4j.format.Vocabulary.Kind.CHARACTER;
          case Vocabulary.Kind.KIND_WORD_VALUE -> org.lstm4j.format.Vocabulary.Kind.WORD;
          default ->
              throw new FormatViolation("the kind of its vocabulary is unknown; update lstm4j");
        };
    // Before there are that many strings.
    org.lstm4j.format.Vocabulary.requireCount(message.count(Vocabulary.TOKENS_FIELD_NUMBER));
    return new org.lstm4j.format.Vocabulary(
        kind,
        message.strings(Vocabulary.TOKENS_FIELD_NUMBER),
        message.hasVarint(Vocabulary.UNKNOWN_FIELD_NUMBER)
            ? OptionalInt.of(message.uint32(Vocabulary.UNKNOWN_FIELD_NUMBER))
            : OptionalInt.empty());
  }

  private static org.lstm4j.format.Normalisation normalisation(WireMessage message) {
    return new org.lstm4j.format.Normalisation(
        columns(message, Normalisation.INPUTS_FIELD_NUMBER),
        columns(message, Normalisation.OUTPUTS_FIELD_NUMBER),
        message.uint32(Normalisation.WINDOW_FIELD_NUMBER),
        message.uint32(Normalisation.HORIZON_FIELD_NUMBER));
  }

  private static List<org.lstm4j.format.Normalisation.Column> columns(
      WireMessage message, int number) {
    return message.messages(number).stream()
        .map(column ->
            new org.lstm4j.format.Normalisation.Column(
                column.string(Normalisation.Column.NAME_FIELD_NUMBER),
                column.float64(Normalisation.Column.MEAN_FIELD_NUMBER),
                column.float64(Normalisation.Column.SCALE_FIELD_NUMBER)))
        .toList();
  }

  private static org.lstm4j.format.Labels labels(WireMessage message) {
    return new org.lstm4j.format.Labels(message.strings(Labels.NAMES_FIELD_NUMBER));
  }

  private TrainingState trainingState(WireMessage message) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TableEntry entry : trainingTensors.entries()) {
      tensors.put(entry.name(), tensor(entry));
    }
    return new TrainingState(
        tensors,
        map(
            message.messages(org.lstm4j.format.v1.TrainingState.COUNTERS_FIELD_NUMBER),
            entry -> entry.uint64(WireMessage.MAP_VALUE_FIELD_NUMBER)),
        map(
            message.messages(org.lstm4j.format.v1.TrainingState.VALUES_FIELD_NUMBER),
            entry -> entry.float64(WireMessage.MAP_VALUE_FIELD_NUMBER)));
  }

  private static <T> Map<String, T> map(List<WireMessage> entries, Function<WireMessage, T> value) {
    Map<String, T> map = new LinkedHashMap<>();
    for (WireMessage entry : entries) {
      map.put(entry.string(WireMessage.MAP_KEY_FIELD_NUMBER), value.apply(entry));
    }
    return map;
  }

  /** The table has been checked against the file's size. */
  private Tensor tensor(TableEntry entry) {
    MemorySegment values = Arena.ofAuto().allocate(entry.length(), Alignment.BYTES);
    source.readInto(entry.name(), values);
    return Tensor.wrap(values, entry.shape().stream().mapToLong(Long::longValue).toArray());
  }
}

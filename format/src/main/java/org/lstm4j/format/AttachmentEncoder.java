// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.Arrays;
import java.util.List;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.Labels;
import org.lstm4j.format.v1.Normalisation;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.Vocabulary;

/** Turns attachments into fields of a header. */
final class AttachmentEncoder {
  private AttachmentEncoder() {}

  /** The tensors of the training state, if there is one, in its order. */
  static List<OutgoingTensor> tensors(Attachments attachments) {
    return attachments.trainingState().stream()
        .flatMap(state -> state.tensors().entrySet().stream())
        .map(entry -> tensor(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static OutgoingTensor tensor(String name, Tensor tensor) {
    if (tensor.size() == 0) {
      throw new IllegalArgumentException(
          "tensor %s of the training state is empty, and no file can hold that".formatted(name));
    }
    List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
    return new OutgoingTensor(new Parameter(name, shape), () -> tensor);
  }

  /**
   * Adds the attachments to a header.
   *
   * @param trainingTensors where the tensors of the training state lie
   */
  static void encode(
      Attachments attachments, List<TensorEntry> trainingTensors, Header.Builder header) {
    attachments.vocabulary().ifPresent(vocabulary -> header.setVocabulary(encode(vocabulary)));
    attachments
        .normalisation()
        .ifPresent(normalisation -> header.setNormalisation(encode(normalisation)));
    attachments.labels().ifPresent(labels -> header.setLabels(encode(labels)));
    attachments
        .trainingState()
        .ifPresent(state -> header.setTrainingState(encode(state, trainingTensors)));
  }

  private static Vocabulary encode(org.lstm4j.format.Vocabulary vocabulary) {
    Vocabulary.Builder builder =
        Vocabulary.newBuilder()
            .setKind(
                switch (vocabulary.kind()) {
                  case CHARACTER -> Vocabulary.Kind.KIND_CHARACTER;
                  case WORD -> Vocabulary.Kind.KIND_WORD;
                });
    vocabulary.tokens().forEach(token -> builder.addTokens(Unicode.require(token)));
    vocabulary.unknown().ifPresent(builder::setUnknown);
    return builder.build();
  }

  private static Normalisation encode(org.lstm4j.format.Normalisation normalisation) {
    Normalisation.Builder builder =
        Normalisation.newBuilder()
            .setWindow(normalisation.window())
            .setHorizon(normalisation.horizon());
    normalisation.inputs().forEach(column -> builder.addInputs(encode(column)));
    normalisation.outputs().forEach(column -> builder.addOutputs(encode(column)));
    return builder.build();
  }

  private static Normalisation.Column encode(org.lstm4j.format.Normalisation.Column column) {
    return Normalisation.Column.newBuilder()
        .setName(Unicode.require(column.name()))
        .setMean(column.mean())
        .setScale(column.scale())
        .build();
  }

  private static Labels encode(org.lstm4j.format.Labels labels) {
    Labels.Builder builder = Labels.newBuilder();
    labels.names().forEach(name -> builder.addNames(Unicode.require(name)));
    return builder.build();
  }

  private static org.lstm4j.format.v1.TrainingState encode(
      TrainingState state, List<TensorEntry> tensors) {
    org.lstm4j.format.v1.TrainingState.Builder builder =
        org.lstm4j.format.v1.TrainingState.newBuilder().addAllTensors(tensors);
    state.counters().forEach((name, value) -> builder.putCounters(Unicode.require(name), value));
    state.values().forEach((name, value) -> builder.putValues(Unicode.require(name), value));
    return builder.build();
  }
}

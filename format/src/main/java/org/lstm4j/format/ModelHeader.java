// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.State;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.v1.Gate;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.TrainingState;

/**
 * The header of a model file, checked, with everything that can be said before a weight is read.
 *
 * @param message the header as it was read
 * @param producer the program that wrote it
 * @param metadata free text about the network
 * @param layers its layers
 * @param oneToMany how one input becomes a sequence, or {@code null}
 * @param initialState what sequences start from, {@code null} for zeros; its values are still those
 *     of the file's tensors to come
 * @param tensors its tensors, which are those that the layers and the initial state need
 * @param trainingTensors those of its training state; none where it has no such state
 */
record ModelHeader(
    WireMessage message,
    String producer,
    Map<String, String> metadata,
    List<Layer> layers,
    OneToMany oneToMany,
    State initialState,
    TensorTable tensors,
    TensorTable trainingTensors) {
  /** Small enough that a hostile header stays small when it is parsed; tokens are counted first. */
  static final int MAX_BYTES_BESIDE_VOCABULARY = 1 << 20;

  /** The only order of gates in format version 1: PyTorch's. */
  static final List<Integer> GATE_ORDER =
      List.of(
          Gate.GATE_INPUT_VALUE,
          Gate.GATE_FORGET_VALUE,
          Gate.GATE_CELL_VALUE,
          Gate.GATE_OUTPUT_VALUE);

  static ModelHeader read(FileFrame frame) {
    WireMessage message = new WireMessage(frame.header());
    requireSmall(frame.header().length - message.contentBytes(Header.VOCABULARY_FIELD_NUMBER));
    FileKind.MODEL.requireFormat(message.string(Header.FORMAT_FIELD_NUMBER));
    FormatVersion.check(
        message.uint32(Header.FORMAT_VERSION_FIELD_NUMBER),
        message.uint32(Header.MINIMUM_READER_VERSION_FIELD_NUMBER));
    List<Integer> gateOrder = message.enums(Header.GATE_ORDER_FIELD_NUMBER);
    require(
        gateOrder.equals(GATE_ORDER),
        "its gate order is %s instead of %s (i, f, g, o); update lstm4j",
        gateOrder,
        GATE_ORDER);
    List<Layer> layers = LayerDecoder.decode(message.messages(Header.LAYERS_FIELD_NUMBER));
    boolean hasInitialState = message.bool(Header.INITIAL_STATE_FIELD_NUMBER);
    requireVersion(
        FormatVersion.minimumReader(
            layers, hasInitialState, message.has(Header.TRAINING_STATE_FIELD_NUMBER)),
        message.uint32(Header.MINIMUM_READER_VERSION_FIELD_NUMBER));
    int layout = message.uint32(Header.TENSOR_LAYOUT_FIELD_NUMBER);
    TensorTable tensors =
        TensorTable.first(
            layout, message.messages(Header.TENSORS_FIELD_NUMBER), frame.payloadLength());
    TensorTable trainingTensors = tensors.followedBy(trainingTensors(message));
    trainingTensors.requireEnd();
    State initialState = requireFit(layers, hasInitialState, tensors);
    return new ModelHeader(
        message,
        message.string(Header.PRODUCER_FIELD_NUMBER),
        metadata(message),
        layers,
        oneToMany(message),
        initialState,
        tensors,
        trainingTensors);
  }

  private static void requireSmall(int bytes) {
    require(
        bytes <= MAX_BYTES_BESIDE_VOCABULARY,
        "its header has %d bytes beside its vocabulary, but at most %d are allowed; write it again",
        bytes,
        MAX_BYTES_BESIDE_VOCABULARY);
  }

  private static List<WireMessage> trainingTensors(WireMessage message) {
    return message
        .message(Header.TRAINING_STATE_FIELD_NUMBER)
        .messages(TrainingState.TENSORS_FIELD_NUMBER);
  }

  /** A reader of an older version would miss what it must not. */
  private static void requireVersion(int needed, int minimumReaderVersion) {
    require(
        minimumReaderVersion >= needed,
        "its contents need a reader of format version %d, but it asks for version %d; write it"
            + " again",
        needed,
        minimumReaderVersion);
  }

  private static Map<String, String> metadata(WireMessage message) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (WireMessage entry : message.messages(Header.METADATA_FIELD_NUMBER)) {
      metadata.put(
          entry.string(WireMessage.MAP_KEY_FIELD_NUMBER),
          entry.string(WireMessage.MAP_VALUE_FIELD_NUMBER));
    }
    return metadata;
  }

  int formatVersion() {
    return message.uint32(Header.FORMAT_VERSION_FIELD_NUMBER);
  }

  int minimumReaderVersion() {
    return message.uint32(Header.MINIMUM_READER_VERSION_FIELD_NUMBER);
  }

  private static State requireFit(List<Layer> layers, boolean initialState, TensorTable tensors) {
    try {
      return TensorClaims.checkLayers(layers, initialState, tensors);
    } catch (FormatViolation e) {
      throw new FormatViolation(
          "its tensors do not fit its layers: " + e.getMessage() + "; write it again", e);
    }
  }

  private static OneToMany oneToMany(WireMessage header) {
    if (!header.has(Header.ONE_TO_MANY_FIELD_NUMBER)) {
      return null;
    }
    WireMessage message = header.message(Header.ONE_TO_MANY_FIELD_NUMBER);
    int steps = message.uint32(org.lstm4j.format.v1.OneToMany.STEPS_FIELD_NUMBER);
    require(
        steps > 0, "its one_to_many has %s steps; write it again", Integer.toUnsignedString(steps));
    OneToMany.Mode mode =
        switch (message.uint32(org.lstm4j.format.v1.OneToMany.MODE_FIELD_NUMBER)) {
          case org.lstm4j.format.v1.OneToMany.Mode.MODE_REPEAT_VALUE -> OneToMany.Mode.REPEAT;
          case org.lstm4j.format.v1.OneToMany.Mode.MODE_ZEROS_VALUE -> OneToMany.Mode.ZEROS;
          case org.lstm4j.format.v1.OneToMany.Mode.MODE_FEEDBACK_VALUE -> OneToMany.Mode.FEEDBACK;
          default -> throw new FormatViolation("its mode of one_to_many is unknown; update lstm4j");
        };
    return new OneToMany(mode, steps);
  }

  private State readInitialState(StoredTensors source) {
    if (initialState != null) {
      for (StateTensor tensor : StateTensor.initial(initialState)) {
        tensor.read(source);
      }
    }
    return initialState;
  }

  /** Builds the network, reading every weight once. */
  Network network(StoredTensors source, WeightStorage weights) {
    Network.Builder builder =
        Network.builder()
            .add(layers.toArray(new Layer[0]))
            .batchFirst(message.bool(Header.BATCH_FIRST_FIELD_NUMBER))
            .oneToMany(oneToMany)
            .initialState(readInitialState(source))
            .weights(weights);
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      builder.metadata(entry.getKey(), entry.getValue());
    }
    try {
      return builder.build(source);
    } catch (IllegalArgumentException e) {
      throw new FormatViolation(
          "its layers make no network: " + e.getMessage() + "; write it again", e);
    }
  }
}

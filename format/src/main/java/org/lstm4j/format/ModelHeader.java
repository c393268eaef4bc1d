// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.List;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.v1.Gate;
import org.lstm4j.format.v1.Header;

/**
 * The header of a model file, checked, with everything that can be said before a weight is read.
 *
 * @param message the header as it was read
 * @param layers its layers
 * @param oneToMany how one input becomes a sequence, or {@code null}
 * @param tensors its tensors, which are those that the layers need
 */
record ModelHeader(Header message, List<Layer> layers, OneToMany oneToMany, TensorTable tensors) {
  /** The only order of gates in format version 1: PyTorch's. */
  static final List<Gate> GATE_ORDER =
      List.of(Gate.GATE_INPUT, Gate.GATE_FORGET, Gate.GATE_CELL, Gate.GATE_OUTPUT);

  static ModelHeader read(FileFrame frame) {
    Header message = HeaderParser.parse(Header.parser(), frame.header());
    FileKind.MODEL.requireFormat(message.getFormat());
    FormatVersion.check(message.getFormatVersion(), message.getMinimumReaderVersion());
    require(
        message.getGateOrderList().equals(GATE_ORDER),
        "its gate order is %s instead of %s; update lstm4j",
        message.getGateOrderList(),
        GATE_ORDER);
    List<Layer> layers = LayerDecoder.decode(message.getLayersList());
    TensorTable tensors =
        new TensorTable(message.getTensorLayout(), message.getTensorsList(), frame.payloadLength());
    requireFit(layers, tensors);
    return new ModelHeader(message, layers, oneToMany(message), tensors);
  }

  private static void requireFit(List<Layer> layers, TensorTable tensors) {
    try {
      TensorClaims.checkLayers(layers, tensors);
    } catch (FormatViolation e) {
      throw new FormatViolation(
          "its tensors do not fit its layers: " + e.getMessage() + "; write it again", e);
    }
  }

  private static OneToMany oneToMany(Header message) {
    if (!message.hasOneToMany()) {
      return null;
    }
    int steps = message.getOneToMany().getSteps();
    require(
        steps > 0, "its one_to_many has %s steps; write it again", Integer.toUnsignedString(steps));
    OneToMany.Mode mode =
        switch (message.getOneToMany().getMode()) {
          case MODE_REPEAT -> OneToMany.Mode.REPEAT;
          case MODE_ZEROS -> OneToMany.Mode.ZEROS;
          case MODE_FEEDBACK -> OneToMany.Mode.FEEDBACK;
          case MODE_UNSPECIFIED, UNRECOGNIZED ->
              throw new FormatViolation("its mode of one_to_many is unknown; update lstm4j");
        };
    return new OneToMany(mode, steps);
  }

  /** Builds the network, reading every weight once. */
  Network network(WeightSource source, WeightStorage weights) {
    Network.Builder builder =
        Network.builder()
            .add(layers.toArray(Layer[]::new))
            .batchFirst(message.getBatchFirst())
            .oneToMany(oneToMany)
            .weights(weights);
    message.getMetadataMap().forEach(builder::metadata);
    try {
      return builder.build(source);
    } catch (IllegalArgumentException e) {
      throw new FormatViolation(
          "its layers make no network: " + e.getMessage() + "; write it again", e);
    }
  }
}

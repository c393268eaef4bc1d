// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.WeightStorage;

/**
 * Writes model files. Apart from {@link ModelFile}, because what is written goes through the
 * protobuf library and what is read does not: to verify a class that mentions it, the JVM opened
 * its archive, and a program waited for that before its first output.
 */
final class ModelWriter {
  private ModelWriter() {}

  /** See {@link ModelFile#write(Network, Attachments, Path)}. */
  static void write(Network network, Attachments attachments, Path path) throws IOException {
    requireFloat32(network);
    attachments.requireFit(network.layers());
    new ContainerWriter(FileKind.MODEL, table -> HeaderEncoder.encode(network, attachments, table))
        .write(path, tensors(network, attachments));
  }

  private static void requireFloat32(Network network) {
    if (network.weights() != WeightStorage.FLOAT32) {
      throw new IllegalArgumentException(
          ("a model file holds float32 weights, but this network has its weights in %s only: build"
                  + " or open it with weights in FLOAT32 to write it")
              .formatted(network.weights()));
    }
  }

  private static List<OutgoingTensor> tensors(Network network, Attachments attachments) {
    List<OutgoingTensor> tensors = new ArrayList<>();
    for (Parameter parameter : network.parameters()) {
      tensors.add(new OutgoingTensor(parameter, () -> network.parameter(parameter.name())));
    }
    network
        .initialState()
        .map(StateTensor::initial)
        .ifPresent(state -> state.stream().map(OutgoingTensor::of).forEach(tensors::add));
    tensors.addAll(AttachmentEncoder.tensors(attachments));
    return tensors;
  }
}

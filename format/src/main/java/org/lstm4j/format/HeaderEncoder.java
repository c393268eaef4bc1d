// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.OneToMany;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.TensorLayout;

/** Turns a network's description, and what is attached to it, into the header of a model file. */
final class HeaderEncoder {
  private HeaderEncoder() {}

  /**
   * Makes a header.
   *
   * @param tensors the network's, then those of the training state
   */
  static Header encode(Network network, Attachments attachments, List<TensorEntry> tensors) {
    int minimumReader =
        FormatVersion.minimumReader(
            network.layers(),
            network.initialState().isPresent(),
            attachments.trainingState().isPresent());
    int ofNetwork = tensors.size() - AttachmentEncoder.tensors(attachments).size();
    Header.Builder header =
        Header.newBuilder()
            .setFormat(FileKind.MODEL.format())
            .setFormatVersion(attachments.isEmpty() ? minimumReader : FormatVersion.CURRENT)
            .setMinimumReaderVersion(minimumReader)
            .setProducer(Producer.name())
            .setBatchFirst(network.batchFirst())
            .addAllGateOrderValue(ModelHeader.GATE_ORDER)
            .setTensorLayout(TensorLayout.TENSOR_LAYOUT_ROW_MAJOR_LITTLE_ENDIAN)
            .setInitialState(network.initialState().isPresent())
            .addAllTensors(tensors.subList(0, ofNetwork));
    network
        .metadata()
        .forEach((key, value) -> header.putMetadata(Unicode.require(key), Unicode.require(value)));
    network.layers().stream().map(LayerEncoder::encode).forEach(header::addLayers);
    network.oneToMany().ifPresent(oneToMany -> header.setOneToMany(encode(oneToMany)));
    AttachmentEncoder.encode(attachments, tensors.subList(ofNetwork, tensors.size()), header);
    return requireSmall(header.build());
  }

  private static Header requireSmall(Header header) {
    int vocabulary = header.hasVocabulary() ? header.getVocabulary().getSerializedSize() : 0;
    int others = header.getSerializedSize() - vocabulary;
    if (others > ModelHeader.MAX_BYTES_BESIDE_VOCABULARY) {
      throw new IllegalArgumentException(
          ("the header would have %d bytes beside its vocabulary, but at most %d are allowed;"
                  + " shorten the metadata")
              .formatted(others, ModelHeader.MAX_BYTES_BESIDE_VOCABULARY));
    }
    return header;
  }

  private static OneToMany encode(org.lstm4j.engine.OneToMany oneToMany) {
    OneToMany.Mode mode =
        switch (oneToMany.mode()) {
          case REPEAT -> OneToMany.Mode.MODE_REPEAT;
          case ZEROS -> OneToMany.Mode.MODE_ZEROS;
          case FEEDBACK -> OneToMany.Mode.MODE_FEEDBACK;
        };
    return OneToMany.newBuilder().setMode(mode).setSteps(oneToMany.steps()).build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.OneToMany;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.TensorLayout;

/** Turns a network's description into the header of a model file. */
final class HeaderEncoder {
  private HeaderEncoder() {}

  static Header encode(Network network, List<TensorEntry> tensors) {
    int version = FormatVersion.of(network.layers());
    Header.Builder header =
        Header.newBuilder()
            .setFormat(FileKind.MODEL.format())
            .setFormatVersion(version)
            .setMinimumReaderVersion(version)
            .setProducer(Producer.name())
            .setBatchFirst(network.batchFirst())
            .addAllGateOrderValue(ModelHeader.GATE_ORDER)
            .setTensorLayout(TensorLayout.TENSOR_LAYOUT_ROW_MAJOR_LITTLE_ENDIAN)
            .addAllTensors(tensors);
    network
        .metadata()
        .forEach((key, value) -> header.putMetadata(Unicode.require(key), Unicode.require(value)));
    network.layers().stream().map(LayerEncoder::encode).forEach(header::addLayers);
    network.oneToMany().ifPresent(oneToMany -> header.setOneToMany(encode(oneToMany)));
    return header.build();
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

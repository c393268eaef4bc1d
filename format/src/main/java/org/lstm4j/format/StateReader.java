// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.List;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;
import org.lstm4j.format.v1.StateHeader;

/** Fills a network's state from a mapped file. */
final class StateReader {
  private final MappedFile file;
  private final FileFrame frame;
  private final int batch;
  private final TensorTable table;

  StateReader(MappedFile file) {
    this.file = file;
    this.frame = FileFrame.read(file, FileKind.STATE);
    WireMessage header = new WireMessage(frame.header());
    FileKind.STATE.requireFormat(header.string(StateHeader.FORMAT_FIELD_NUMBER));
    FormatVersion.check(
        header.uint32(StateHeader.FORMAT_VERSION_FIELD_NUMBER),
        header.uint32(StateHeader.MINIMUM_READER_VERSION_FIELD_NUMBER));
    this.batch = header.uint32(StateHeader.BATCH_FIELD_NUMBER);
    this.table =
        TensorTable.first(
            header.uint32(StateHeader.TENSOR_LAYOUT_FIELD_NUMBER),
            header.messages(StateHeader.TENSORS_FIELD_NUMBER),
            frame.payloadLength());
    table.requireEnd();
  }

  State read(Network network) {
    requireRoom(network);
    State state = State.zeros(network, batch);
    List<StateTensor> tensors = StateTensor.of(state);
    requireFit(tensors);
    StoredTensors stored = new StoredTensors(file, frame, table);
    tensors.forEach(tensor -> tensor.read(stored));
    return state;
  }

  /** A hostile batch must not make a state larger than its file. */
  private void requireRoom(Network network) {
    require(batch > 0, "its batch is %s; write it again", Integer.toUnsignedString(batch));
    long rowBytes =
        network.layers().stream()
            .flatMap(layer -> layer.leaves().stream())
            .mapToLong(StateReader::rowBytes)
            .sum();
    require(
        rowBytes == 0 || batch <= frame.payloadLength() / rowBytes,
        "its %d bytes are too few for %d batch rows of this network; it belongs to another one",
        frame.payloadLength(),
        batch);
  }

  private static long rowBytes(Layer layer) {
    if (!(layer instanceof Layer.Recurrent recurrent)) {
      return 0;
    }
    int features = recurrent.hiddenOutputSize();
    if (recurrent.hasCellState()) {
      features += recurrent.hiddenSize();
    }
    return (long) recurrent.numLayers() * recurrent.numDirections() * features * Float.BYTES;
  }

  private void requireFit(List<StateTensor> tensors) {
    try {
      TensorClaims.check(tensors.stream().map(StateTensor::description).toList(), table);
    } catch (FormatViolation e) {
      throw new FormatViolation("it is the state of another network: " + e.getMessage(), e);
    }
  }
}

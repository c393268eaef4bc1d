// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;
import org.lstm4j.format.v1.StateHeader;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.TensorLayout;

/**
 * The state file: the recurrent state of a session, so that it can go on later or on another
 * machine. The network itself is not in it.
 *
 * <p>The methods share nothing and may be called from any thread.
 */
public final class StateFile {
  private StateFile() {}

  /**
   * Reads a state. The file is no longer in use when this method returns.
   *
   * @param network the network that the state must fit
   * @throws ModelFormatException if there is no such file, if it cannot be read, if anything is
   *     wrong with it, or if it holds the state of another network
   * @throws IOException if the thread is interrupted
   */
  public static State read(Path path, Network network) throws IOException {
    return FileReader.read(path, file -> new StateReader(file).read(network));
  }

  /**
   * Writes a state, replacing the file if there is one. As with {@link ModelFile#write}, the path
   * stands for the old file or for the complete new one, whatever goes wrong.
   *
   * @throws IllegalArgumentException if the file would be larger than 2 GiB, its header larger than
   *     1 MiB, or the name of a layer is not valid Unicode
   * @throws IOException if the file cannot be written
   */
  public static void write(State state, Path path) throws IOException {
    new ContainerWriter(FileKind.STATE, table -> header(state, table))
        .write(path, StateTensor.of(state).stream().map(OutgoingTensor::of).toList());
  }

  private static StateHeader header(State state, List<TensorEntry> table) {
    return StateHeader.newBuilder()
        .setFormat(FileKind.STATE.format())
        .setFormatVersion(FormatVersion.FIRST)
        .setMinimumReaderVersion(FormatVersion.FIRST)
        .setProducer(Producer.name())
        .setBatch(state.batch())
        .setTensorLayout(TensorLayout.TENSOR_LAYOUT_ROW_MAJOR_LITTLE_ENDIAN)
        .addAllTensors(table)
        .build();
  }
}

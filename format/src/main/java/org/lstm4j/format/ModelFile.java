// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.ModelSummary.StoredTensor;

/**
 * The {@code .l4j} model file: one network with its weights.
 *
 * <p>The methods share nothing and may be called from any thread. A file that does not follow the
 * published schema in every point is refused with a {@link ModelFormatException}; what a hostile
 * file claims is checked against its real size before memory is allocated for it.
 */
public final class ModelFile {
  private ModelFile() {}

  /**
   * Reads a network with float32 weights, as {@link #open(Path, WeightStorage)} does.
   *
   * @throws ModelFormatException if there is no such file, if it cannot be read, or if anything is
   *     wrong with it
   * @throws IOException if the thread is interrupted
   */
  public static Network open(Path path) throws IOException {
    return open(path, WeightStorage.FLOAT32);
  }

  /**
   * Reads a network. The file is mapped into memory, and its weights are verified and packed in one
   * pass; when this method returns, the file is no longer in use. The caller closes the network.
   *
   * @param weights how the network holds the weights of its matrices. It holds no others: in INT8,
   *     a large network takes a quarter of the memory of its float32 weights, also while it is read
   * @throws ModelFormatException if there is no such file, if it cannot be read, or if anything is
   *     wrong with it
   * @throws IOException if the thread is interrupted
   */
  public static Network open(Path path, WeightStorage weights) throws IOException {
    return FileReader.read(
        path,
        file -> {
          FileFrame frame = FileFrame.read(file, FileKind.MODEL);
          ModelHeader header = ModelHeader.read(frame);
          return header.network(new StoredTensors(file, frame, header.tensors()), weights);
        });
  }

  /**
   * Reads what a file says about itself. Header and table of tensors are verified; the weights are
   * not read.
   *
   * @throws ModelFormatException as {@link #open(Path)}
   * @throws IOException if the thread is interrupted
   */
  public static ModelSummary describe(Path path) throws IOException {
    return FileReader.read(
        path,
        file -> {
          FileFrame frame = FileFrame.read(file, FileKind.MODEL);
          ModelHeader header = ModelHeader.read(frame);
          List<StoredTensor> tensors =
              header.tensors().entries().stream().map(entry -> summary(entry, frame)).toList();
          return new ModelSummary(
              header.formatVersion(),
              header.minimumReaderVersion(),
              header.producer(),
              file.size(),
              tensors);
        });
  }

  private static StoredTensor summary(TableEntry entry, FileFrame frame) {
    return new StoredTensor(
        entry.name(),
        "float32",
        entry.shape(),
        frame.payloadOffset() + entry.offset(),
        entry.length(),
        entry.crc32c());
  }

  /**
   * Whether a file begins as a model file does, whatever its name and however damaged the rest.
   *
   * @throws ModelFormatException if there is no such file, or if it cannot be read
   * @throws IOException if the thread is interrupted
   */
  public static boolean isModelFile(Path path) throws IOException {
    return FileReader.read(path, file -> FileFrame.isA(file, FileKind.MODEL));
  }

  /**
   * Writes a network, replacing the file if there is one. It is written under another name in the
   * same directory, forced to disk and renamed: whatever goes wrong, the path stands for the old
   * file or for the complete new one. Equal networks give equal files.
   *
   * @throws IllegalArgumentException if the file would be larger than 2 GiB, its header larger than
   *     1 MiB, a name or metadata entry is not valid Unicode, or the network's weights are not
   *     FLOAT32: a file holds weights as they were trained
   * @throws IllegalStateException if the network is closed
   * @throws IOException if the file cannot be written
   */
  public static void write(Network network, Path path) throws IOException {
    if (network.weights() != WeightStorage.FLOAT32) {
      throw new IllegalArgumentException(
          ("a model file holds float32 weights, but this network has its weights in %s only: build"
                  + " or open it with weights in FLOAT32 to write it")
              .formatted(network.weights()));
    }
    List<Parameter> tensors = new ArrayList<>(network.parameters());
    Map<String, StateTensor> initialState = new HashMap<>();
    for (StateTensor tensor : initialState(network)) {
      tensors.add(tensor.description());
      initialState.put(tensor.description().name(), tensor);
    }
    new ContainerWriter(
            table -> HeaderEncoder.encode(network, table),
            name ->
                initialState.containsKey(name)
                    ? initialState.get(name).tensor()
                    : network.parameter(name))
        .write(path, tensors);
  }

  private static List<StateTensor> initialState(Network network) {
    return network.initialState().map(StateTensor::initial).orElse(List.of());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.ModelSummary.StoredTensor;

/**
 * The {@code .l4j} model file: one network with its weights, and what is attached to it.
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
   * What is attached to it is not decoded here: {@link #attachments} does that.
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
   * Reads what is attached to the network of a file. Its weights are not read. The tensors of a
   * training state are, into memory that the garbage collector manages.
   *
   * @throws ModelFormatException as {@link #open(Path)}
   * @throws IOException if the thread is interrupted
   */
  public static Attachments attachments(Path path) throws IOException {
    return FileReader.read(
        path,
        file -> {
          FileFrame frame = FileFrame.read(file, FileKind.MODEL);
          ModelHeader header = ModelHeader.read(frame);
          return AttachmentDecoder.decode(
              header, new StoredTensors(file, frame, header.trainingTensors()));
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
   * Writes a network with nothing attached, as {@link #write(Network, Attachments, Path)} does.
   *
   * @throws IllegalArgumentException if the file would be larger than 2 GiB, its header larger than
   *     1 MiB, a name or metadata entry is not valid Unicode, or the network's weights are not
   *     FLOAT32
   * @throws IllegalStateException if the network is closed
   * @throws IOException if the file cannot be written
   */
  public static void write(Network network, Path path) throws IOException {
    write(network, Attachments.none(), path);
  }

  /**
   * Writes a network, replacing the file if there is one. It is written under another name in the
   * same directory, forced to disk and renamed: whatever goes wrong, the path stands for the old
   * file or for the complete new one. Equal networks with equal attachments give equal files.
   *
   * @param attachments what goes with it. A file with a training state needs lstm4j of format
   *     version 3 to be read; the others are merely missed by an older one
   * @throws IllegalArgumentException if the file would be larger than 2 GiB, its header larger than
   *     16 MiB or, beside the vocabulary, than 1 MiB, a text is not valid Unicode, the attachments
   *     do not fit the network, or its weights are not FLOAT32: a file holds weights as they were
   *     trained
   * @throws IllegalStateException if the network is closed
   * @throws IOException if the file cannot be written
   */
  public static void write(Network network, Attachments attachments, Path path) throws IOException {
    ModelWriter.write(network, attachments, path);
  }
}

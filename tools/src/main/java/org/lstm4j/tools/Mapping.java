// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.mapping.MappedLayer;
import org.lstm4j.tools.mapping.MappingFile;

/**
 * Says which tensors of a checkpoint are the gates of an LSTM written by hand, whose names and
 * layouts are its author's. Read from a small JSON file; {@code tools/docs/mapping.md} describes
 * it.
 *
 * <p>Immutable; may be used from any thread.
 */
public final class Mapping {
  private final Path file;
  private final List<MappedLayer> layers;

  private Mapping(Path file, List<MappedLayer> layers) {
    this.file = file;
    this.layers = List.copyOf(layers);
  }

  /**
   * Reads a mapping file.
   *
   * @throws ModelFormatException if it is none; the message is one sentence that names the file,
   *     what is wrong and what to do
   * @throws IOException if reading fails
   */
  public static Mapping read(Path file) throws IOException {
    try {
      return new Mapping(file, MappingFile.read(file));
    } catch (Refusal e) {
      throw new ModelFormatException(file + ": " + e.getMessage(), e);
    }
  }

  /** Where it was read from. */
  public Path file() {
    return file;
  }

  /**
   * The checkpoint with the mapped tensors as those of ordinary layers.
   *
   * @throws Refusal if a tensor is missing or does not fit
   */
  Checkpoint apply(Checkpoint checkpoint) {
    return new Checkpoint(
        checkpoint.file(),
        checkpoint.container(),
        MappedLayer.apply(layers, checkpoint.tensors(), String.valueOf(file.getFileName())),
        checkpoint.modules(),
        checkpoint.notes());
  }
}

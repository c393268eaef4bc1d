// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.List;

/**
 * What a model file says about itself, beside the network in it.
 *
 * @param formatVersion the version of the format that its writer followed
 * @param minimumReaderVersion the oldest version whose readers read it
 * @param producer the program that wrote it
 * @param fileBytes its size
 * @param tensors where the tensors of the network lie, in the order of the file; those of a
 *     training state are not among them
 */
public record ModelSummary(
    int formatVersion,
    int minimumReaderVersion,
    String producer,
    long fileBytes,
    List<StoredTensor> tensors) {
  /** Copies the list. */
  public ModelSummary {
    tensors = List.copyOf(tensors);
  }

  /**
   * Where one tensor lies.
   *
   * @param name its name, as in PyTorch
   * @param dataType the type of its elements, for example {@code float32}
   * @param shape the size of each dimension, as in PyTorch
   * @param offset its first byte, counted from the beginning of the file
   * @param length its bytes
   * @param crc32c the CRC-32C that the file gives for these bytes
   */
  public record StoredTensor(
      String name, String dataType, List<Long> shape, long offset, long length, int crc32c) {
    /** Copies the shape. */
    public StoredTensor {
      shape = List.copyOf(shape);
    }
  }
}

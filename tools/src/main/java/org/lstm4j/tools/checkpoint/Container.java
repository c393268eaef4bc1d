// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import org.lstm4j.tools.Checkpoint;

/** A file format that holds named tensors. */
@FunctionalInterface
public interface Container {
  /**
   * Reads all tensors of a file.
   *
   * @param file a regular file that begins as files of this format do
   * @throws Refusal if the file breaks a rule of the format
   * @throws IOException if reading fails
   */
  Checkpoint read(Path file) throws IOException;
}

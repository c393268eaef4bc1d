// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** How a file stores sequences, told by the end of its name. */
enum SequenceFormat {
  /** Named arrays with their state. */
  NPZ,
  /** One array: the input or the output. */
  NPY,
  /** Text, one time step a row, without a batch. */
  CSV;

  /** The path that stands for standard input and output, which are CSV. */
  static final Path STANDARD_STREAM = Path.of("-");

  static Optional<SequenceFormat> of(Path file) {
    if (file.equals(STANDARD_STREAM)) {
      return Optional.of(CSV);
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    for (SequenceFormat format : values()) {
      if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}

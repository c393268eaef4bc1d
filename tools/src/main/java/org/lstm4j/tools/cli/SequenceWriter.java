// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.tools.data.CsvWriter;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npy;
import org.lstm4j.tools.data.Npz;

/** Writes the results of a network to a file of any {@link SequenceFormat}, whole or not at all. */
final class SequenceWriter {
  private SequenceWriter() {}

  /** Writes all results to an {@code .npz}, the output alone to the others, row by row to CSV. */
  static void write(Path file, SequenceFormat format, NamedArrays results, Terminal terminal)
      throws IOException {
    NdArray out = results.arrays().get("out");
    switch (format) {
      case NPZ -> Npz.write(file, results.arrays());
      case NPY -> Npy.write(file, out);
      case CSV -> {
        if (file.equals(SequenceFormat.STANDARD_STREAM)) {
          writeRows(terminal.out(), out);
        } else {
          AtomicFile.write(file, stream -> writeRows(stream, out));
        }
      }
    }
  }

  private static void writeRows(OutputStream stream, NdArray out) throws IOException {
    float[] values = out.floats();
    int columns = Math.toIntExact(out.shape()[out.rank() - 1]);
    CsvWriter writer = CsvWriter.buffered(stream);
    for (int start = 0; start < values.length; start += columns) {
      writer.writeRow(values, start, columns);
    }
    writer.flush();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.CsvSeries;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.NonFinite;
import org.lstm4j.tools.data.Npy;
import org.lstm4j.tools.data.Npz;

/** Reads the input of a network out of a file of any {@link SequenceFormat}. */
final class SequenceReader {
  private SequenceReader() {}

  static NamedArrays read(Path file, SequenceFormat format, Network network) throws IOException {
    String key = new SequenceRunner(network).inputKey();
    Map<String, NdArray> arrays =
        switch (format) {
          case NPZ -> Npz.read(file);
          case NPY -> Map.of(key, Npy.read(file));
          case CSV -> Map.of(key, readCsv(file, network));
        };
    return new NamedArrays(file.toString(), arrays);
  }

  /** NaN is let through: what a network makes of it is for the network to show. */
  private static NdArray readCsv(Path file, Network network) throws IOException {
    CsvSeries series = CsvSeries.read(file, NonFinite.ALLOW);
    CsvSteps.requireColumns(network, series.columnCount(), file.toString());
    boolean single = network.oneToMany().isPresent();
    if (single && series.rowCount() != 1) {
      throw new ModelFormatException(
          "%s: holds %d rows where a one-to-many network takes one; give it one row"
              .formatted(file, series.rowCount()));
    }
    if (network.takesTokens()) {
      int[] tokens = CsvSteps.tokens(network, series.values(), file.toString());
      return single ? NdArray.of(tokens) : NdArray.of(tokens, tokens.length);
    }
    return single
        ? NdArray.of(series.values(), series.columnCount())
        : NdArray.of(series.values(), series.rowCount(), series.columnCount());
  }
}

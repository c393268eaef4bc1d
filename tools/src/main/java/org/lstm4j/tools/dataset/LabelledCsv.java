// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.CsvColumns;
import org.lstm4j.tools.data.CsvReader;
import org.lstm4j.tools.data.NonFinite;

/**
 * Labelled sequences in a table in long form: a row is a time step of the sequence that its id
 * names, rows of one id are in the order of time, and all carry the label of the sequence.
 *
 * @param id name or index of the column that tells sequences apart
 * @param label that of the column with the labels
 * @param features those of the columns with the numbers; none for all others
 */
public record LabelledCsv(String id, String label, List<String> features) {
  /** Copies the list. */
  public LabelledCsv {
    features = List.copyOf(features);
  }

  /** The rows of one sequence so far. */
  private static final class Sequence {
    private final String label;
    private float[] values = new float[16];
    private int filled;

    Sequence(String label) {
      this.label = label;
    }

    void add(float value) {
      if (filled == values.length) {
        values = Arrays.copyOf(values, Math.multiplyExact(2, filled));
      }
      values[filled] = value;
      filled++;
    }

    float[] values() {
      return Arrays.copyOf(values, filled);
    }
  }

  /**
   * Reads a table. Classes are in the order of their names.
   *
   * @throws IllegalArgumentException if there is no such column
   * @throws ModelFormatException if the file is no such table, if a feature is no finite number, if
   *     rows of one sequence have different labels, or if there are less than two labels
   * @throws IOException if the file cannot be read
   */
  public LabelledSequences read(Path file) throws IOException {
    Map<String, Sequence> sequences = new LinkedHashMap<>();
    int[] columns;
    try (CsvReader reader = CsvReader.open(file, NonFinite.REFUSE)) {
      CsvColumns all = CsvColumns.of(reader, file.toString());
      if (all.count() == 0) {
        throw new ModelFormatException("%s: is empty; give it one row a time step".formatted(file));
      }
      int idColumn = all.index(id);
      int labelColumn = all.index(label);
      columns = columns(all, idColumn, labelColumn);
      for (List<String> cells = reader.readCells(); !cells.isEmpty(); cells = reader.readCells()) {
        Sequence sequence =
            sequence(sequences, cells.get(idColumn), cells.get(labelColumn), reader);
        for (int column : columns) {
          sequence.add(reader.number(cells, column));
        }
      }
    }
    return gather(file, columns.length, List.copyOf(sequences.values()));
  }

  private int[] columns(CsvColumns all, int idColumn, int labelColumn) throws ModelFormatException {
    int[] columns =
        features.isEmpty()
            ? IntStream.range(0, all.count())
                .filter(column -> column != idColumn && column != labelColumn)
                .toArray()
            : features.stream().mapToInt(all::index).toArray();
    if (columns.length == 0) {
      throw new ModelFormatException(
          "%s: has no columns beside '%s' and '%s'; give it the features"
              .formatted(all.source(), id, label));
    }
    return columns;
  }

  private Sequence sequence(
      Map<String, Sequence> sequences, String name, String itsLabel, CsvReader reader)
      throws ModelFormatException {
    if (itsLabel.isEmpty()) {
      throw reader.fault("column '%s' is empty; give every row its label".formatted(label));
    }
    Sequence sequence = sequences.computeIfAbsent(name, _ -> new Sequence(itsLabel));
    if (!sequence.label.equals(itsLabel)) {
      throw reader.fault(
          "sequence '%s' has the label '%s' after '%s' in an earlier row; give all its rows one label"
              .formatted(name, itsLabel, sequence.label));
    }
    return sequence;
  }

  private static LabelledSequences gather(Path file, int features, List<Sequence> sequences)
      throws ModelFormatException {
    List<String> names =
        List.copyOf(new TreeSet<>(sequences.stream().map(sequence -> sequence.label).toList()));
    if (names.size() < 2) {
      throw new ModelFormatException(
          "%s: has %s, and telling classes apart takes two; give sequences of each class"
              .formatted(
                  file, names.isEmpty() ? "no row" : "only the label '" + names.get(0) + "'"));
    }
    return new LabelledSequences(
        features,
        sequences.stream().map(Sequence::values).toList(),
        sequences.stream().mapToInt(sequence -> names.indexOf(sequence.label)).toArray(),
        new Labels(names));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.StoredTensor;

/** Which tensor of a checkpoint becomes which parameter of which layer, a row each. */
final class TensorTable {
  private static final List<String> HEAD =
      List.of("tensor", "dtype", "shape", "parameter", "layer");

  private final LoadedModel model;
  private final List<List<String>> rows = new ArrayList<>(List.of(HEAD));

  TensorTable(LoadedModel model) {
    this.model = model;
  }

  void print(PrintWriter out) {
    List<Layer> layers = model.network().layers();
    for (int i = 0; i < layers.size(); i++) {
      add(i + 1 + " " + LayerSummary.of(layers.get(i)), names(layers.get(i)));
    }
    int[] widths =
        IntStream.range(0, HEAD.size() - 1)
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(1))
            .toArray();
    rows.forEach(row -> out.println(Sentence.printable(line(row, widths))));
    long unused = unused();
    if (unused > 0) {
      out.println("left aside: %d tensors of the file".formatted(unused));
    }
  }

  /** Of its parameters, and of the learned states that it starts from. */
  private List<String> names(Layer layer) {
    List<String> names = new ArrayList<>();
    layer.parameters().stream().map(Parameter::name).forEach(names::add);
    for (Layer leaf : layer.leaves()) {
      if (leaf instanceof Layer.Recurrent recurrent) {
        String prefix = recurrent.name().isEmpty() ? "" : recurrent.name() + ".";
        Stream.of("h0", "c0")
            .map(prefix::concat)
            .filter(model.sources()::containsKey)
            .forEach(names::add);
      }
    }
    return names;
  }

  /** The rows of a layer; one of dashes if it has no weights. */
  private void add(String layer, List<String> parameters) {
    for (String parameter : parameters) {
      StoredTensor source = model.sources().get(parameter);
      rows.add(
          List.of(
              source.path(),
              source.dtype().toString(),
              Arrays.toString(source.shape()),
              parameter,
              layer));
    }
    if (parameters.isEmpty()) {
      rows.add(List.of("-", "-", "-", "-", layer));
    }
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      line.append(cell).repeat(' ', widths[column] - cell.length() + 2);
    }
    return line.append(row.getLast()).toString();
  }

  private long unused() {
    Set<String> used =
        model.sources().values().stream().map(StoredTensor::path).collect(Collectors.toSet());
    return model.checkpoint().map(Checkpoint::tensors).orElse(List.of()).stream()
        .filter(tensor -> !used.contains(tensor.path()))
        .count();
  }
}

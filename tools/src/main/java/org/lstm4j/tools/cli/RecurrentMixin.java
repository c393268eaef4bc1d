// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lstm4j.tools.dataset.RecurrentPart;
import picocli.CommandLine.Option;

/** The options of the recurrent part of a network that is to learn. */
final class RecurrentMixin {
  private static final String[] OPTIONS = {"--cell", "--hidden", "--layers"};

  @Option(
      names = "--cell",
      paramLabel = "KIND",
      defaultValue = "lstm",
      converter = CellOption.class,
      description = "lstm, gru or rnn. Default: ${DEFAULT-VALUE}.")
  private RecurrentPart.Cell cell;

  /** Its default is what it is set to at first: not the same for all commands. */
  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Hidden size. Default: ${DEFAULT-VALUE}.")
  private int hidden;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Recurrent layers. Default: ${DEFAULT-VALUE}.")
  private int layers;

  static final class CellOption extends WordOption<RecurrentPart.Cell> {
    CellOption() {
      super(RecurrentPart.Cell.class);
    }
  }

  RecurrentMixin(int defaultHidden) {
    this.hidden = defaultHidden;
  }

  void requireUsable(TrainingMixin training) {
    training.refuseWithPretrained(OPTIONS);
    training.requirePositive("--hidden", hidden);
    training.requirePositive("--layers", layers);
  }

  int hidden() {
    return hidden;
  }

  /** The name of the cell, as an option's value. */
  String cell() {
    return WordOption.word(cell);
  }

  RecurrentPart part(boolean bidirectional) {
    return new RecurrentPart(cell, hidden, layers, bidirectional);
  }

  /** What the numbers of a run depend on, as they are written into the model. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("cell", cell());
    settings.put("hidden", Integer.toString(hidden));
    settings.put("layers", Integer.toString(layers));
    return settings;
  }
}

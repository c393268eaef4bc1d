// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.SavedModule;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;
import org.lstm4j.tools.checkpoint.TensorNames;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a state dict whose tensors are nested lists; dicts may be nested too. Of GuitarML's files
 * the class of the network and its skip are a {@link SavedModule}, as in a pickled one.
 */
final class NestedLists {
  private static final int MOST_NAMED = 8;

  private static final String MODEL_DATA = "model_data";
  private static final String STATE_DICT = "state_dict";
  private static final String GUITAR_ML = "SimpleRNN";

  // A network has some tens.
  private static final int MAX_TENSORS = 10_000;

  private final JsonParser parser;
  private final TensorMemory memory;
  private final List<StoredTensor> tensors = new ArrayList<>();
  private final List<String> plain = new ArrayList<>();
  private final Map<String, Object> model = new LinkedHashMap<>();

  private NestedLists(JsonParser parser, TensorMemory memory) {
    this.parser = parser;
    this.memory = memory;
  }

  static Checkpoint read(Path file, JsonParser parser, TensorMemory memory) {
    NestedLists lists = new NestedLists(parser, memory);
    JsonText.expect(parser.nextToken(), JsonToken.START_OBJECT, "is no JSON object");
    lists.readDict("");
    return new Checkpoint(file, ContainerKind.JSON, lists.tensors, lists.modules(), lists.notes());
  }

  private List<SavedModule> modules() {
    return GUITAR_ML.equals(model.get("model"))
        ? List.of(new SavedModule(STATE_DICT, "", GUITAR_ML, model, List.of()))
        : List.of();
  }

  private void readDict(String dict) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = TensorNames.require(parser.currentName());
      String path = dict.isEmpty() ? name : dict + "." + name;
      switch (parser.nextToken()) {
        case START_OBJECT -> readDict(path);
        case START_ARRAY -> {
          Refusal.require(
              tensors.size() < MAX_TENSORS, "has more than %d lists of numbers", MAX_TENSORS);
          tensors.add(NestedList.read(dict, name, parser, memory));
        }
        default -> addPlain(path);
      }
    }
  }

  /** A number or text of its own says how the network is used, which a reader has to know. */
  private void addPlain(String path) {
    if (path.equals(MODEL_DATA + ".model")) {
      model.put("model", parser.getString());
    } else if (path.equals(MODEL_DATA + ".skip")
        && parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() == JsonParser.NumberType.INT) {
      model.put("skip", parser.getLongValue());
    }
    if (plain.size() <= MOST_NAMED) {
      plain.add(Refusal.printable("%s = %s".formatted(path, parser.getString())));
    }
  }

  private List<String> notes() {
    if (!modules().isEmpty()) {
      plain.removeIf(note -> note.startsWith(MODEL_DATA + ".skip = "));
    }
    if (plain.isEmpty()) {
      return List.of();
    }
    String named = String.join(", ", plain.subList(0, Math.min(MOST_NAMED, plain.size())));
    return List.of(
        "left aside, being no tensors: "
            + named
            + (plain.size() > MOST_NAMED ? " and others" : ""));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.CheckpointBuilder;
import org.lstm4j.tools.Goldens;
import org.lstm4j.tools.checkpoint.Refusal;

/** What is inferred from a checkpoint, or the sentence that refuses it. */
final class Inference {
  private Inference() {}

  static Blueprint infer(CheckpointBuilder checkpoint, String... options) {
    return Architecture.infer(checkpoint.build(), Goldens.importOptions(List.of(options)));
  }

  static List<Layer> layers(CheckpointBuilder checkpoint, String... options) {
    return infer(checkpoint, options).layers();
  }

  static String assumptions(CheckpointBuilder checkpoint, String... options) {
    return infer(checkpoint, options).assumptions().stream()
        .map(Assumption::toString)
        .collect(Collectors.joining("\n"));
  }

  static String refusal(CheckpointBuilder checkpoint, String... options) {
    return assertThrows(Refusal.class, () -> infer(checkpoint, options)).getMessage();
  }

  static void assertNames(String sentence, String... words) {
    for (String word : words) {
      assertTrue(sentence.contains(word), () -> sentence + "\nshould name " + word);
    }
  }

  static List<String> kinds(List<Layer> layers) {
    return layers.stream().map(layer -> layer.getClass().getSimpleName()).toList();
  }
}

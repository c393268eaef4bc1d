// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.function.Executable;

/** What every refusal of a file must be like. */
final class Refusals {
  private static final int LONGEST_SENTENCE = 600;

  private Refusals() {}

  /** Opening the model file fails with one sentence that names it and has these words. */
  static void assertRefused(Path path, String... words) {
    assertRefused(path, () -> ModelFile.open(path).close(), words);
  }

  /** Reading the file fails with one sentence that names it and has these words. */
  static void assertRefused(Path path, Executable reading, String... words) {
    String sentence = assertThrows(ModelFormatException.class, reading).getMessage();
    assertTrue(sentence.startsWith(path + ": "), sentence);
    assertEquals(1, sentence.lines().count(), sentence);
    assertTrue(sentence.length() < path.toString().length() + LONGEST_SENTENCE, sentence);
    for (String word : words) {
      assertTrue(sentence.contains(word), sentence);
    }
  }
}

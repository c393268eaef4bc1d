// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of {@code train text} writes in the metre of its corpus, which is what it counted. */
class VerseTest {
  private static final String METRE = "[一-龥]{5}，[一-龥]{5}。";

  @TempDir private Path folder;

  @Test
  void aNetworkWritesInTheMetreOfItsCorpus() throws IOException {
    Path corpus = Files.writeString(folder.resolve("verse.txt"), verse(400));
    Path model = folder.resolve("poet.l4j");
    String options =
        "--embedding 16 --hidden 32 --batch 8 --steps 26 --learning-rate 0.01 --clip-norm 1";
    Object[] train = ("train text " + corpus + " -o " + model + " " + options).split(" ");

    CommandRun training = CommandRun.of(train);
    CommandRun writing =
        CommandRun.of("generate", model, "--prefix", "风", "--length", 1300, "--temperature", 0.5);

    assertEquals(0, training.exitCode(), training.err());
    List<String> lines = writing.out().lines().toList();
    long metrical = lines.stream().filter(line -> line.matches(METRE)).count();
    assertTrue(metrical >= 80, metrical + " of " + lines.size() + " lines");
  }

  /** Couplets of twice five characters that mean nothing. */
  private static String verse(int lines) {
    String characters = "风不日花春人月云山长中上天来水无何一江心";
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < lines; line++) {
      for (String end : List.of("，", "。\n")) {
        for (int i = 0; i < 5; i++) {
          text.append(characters.charAt(random.nextInt(characters.length())));
        }
        text.append(end);
      }
    }
    return text.toString();
  }
}

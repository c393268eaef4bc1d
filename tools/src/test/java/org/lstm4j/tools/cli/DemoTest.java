// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @TempDir private Path folder;

  @Test
  void theDemoAgreesWithPyTorchAndLeavesItsFiles() {
    Path files = folder.resolve("demo");
    CommandRun run = CommandRun.of("demo", "-o", files);
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertTrue(run.out().contains("largest difference"), run.out());
    assertTrue(run.out().contains("99.9"), run.out());
    for (String name : new String[] {"pt", "npz", "l4j"}) {
      assertTrue(Files.exists(files.resolve("mackey-glass." + name)), name);
    }
    assertTrue(Files.exists(files.resolve("forecast.png")));
    CommandRun verified =
        CommandRun.of(
            "verify", files.resolve("mackey-glass.l4j"), files.resolve("mackey-glass.npz"));
    assertEquals(0, verified.exitCode(), verified.out() + verified.err());
  }

  @Test
  void aFileInPlaceOfTheFolderIsSaid() throws IOException {
    Path file = Files.writeString(folder.resolve("demo"), "");
    CommandRun run = CommandRun.of("demo", "-o", file);
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains(file.toString()), run.err());
  }
}

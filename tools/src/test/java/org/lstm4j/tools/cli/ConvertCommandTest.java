// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvertCommandTest {
  @TempDir private Path folder;

  @Test
  void everyAssumptionNamesTheOptionThatChangesIt() {
    Path model = folder.resolve("model.l4j");
    CommandRun run = CommandRun.of("convert", golden("readouts.pt"), "-o", model);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("(change with --read"), run.out());
    assertTrue(run.out().contains("(change with --batch-first"), run.out());
    assertTrue(
        run.out()
            .lines()
            .allMatch(line -> line.startsWith("assumed: ") || line.startsWith("wrote ")),
        run.out());
    assertTrue(run.out().strip().endsWith("bytes"), run.out());
  }

  @Test
  void whatIsSaidIsNotAssumed() {
    Path model = folder.resolve("model.l4j");
    CommandRun run = CommandRun.of("convert", golden("readouts.pt"), "-o", model, "--read", "last");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().lines().noneMatch(line -> line.contains("change with --read")), run.out());
  }

  @Test
  void threeReadoutsOfOneCheckpointAreThreeModels() throws IOException {
    String[][] options = {{"--read", "last"}, {"--read", "all"}, {"--one-to-many", "repeat:7"}};
    Path[] models = new Path[options.length];
    for (int i = 0; i < options.length; i++) {
      models[i] = folder.resolve(i + ".l4j");
      CommandRun run =
          CommandRun.of(
              "convert", golden("readouts.pt"), "-o", models[i], options[i][0], options[i][1]);
      assertEquals(0, run.exitCode(), run.err());
    }
    assertTrue(Files.mismatch(models[0], models[1]) >= 0);
    assertTrue(Files.mismatch(models[1], models[2]) >= 0);
  }

  @Test
  void anOldModelIsReplaced() throws IOException {
    Path model = Files.writeString(folder.resolve("model.l4j"), "old");
    assertEquals(0, CommandRun.of("convert", golden("lstm-5-7.pt"), "-o", model).exitCode());
    assertEquals(0, CommandRun.of("inspect", model).exitCode());
  }

  @ParameterizedTest
  @CsvSource({"--activation,nowhere=relu", "--select,nowhere", "--order,nowhere"})
  void anOptionThatNamesNoModuleIsRefusedAndTheOldModelStays(String option, String value)
      throws IOException {
    Path model = Files.writeString(folder.resolve("model.l4j"), "old");
    CommandRun run = CommandRun.of("convert", golden("readouts.pt"), "-o", model, option, value);
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("nowhere"), run.err());
    assertEquals("old", Files.readString(model));
    assertOnlyFile(model);
  }

  @Test
  void theCheckpointIsNotOverwritten() throws IOException {
    Path checkpoint = Files.copy(golden("lstm-5-7.pt"), folder.resolve("model.pt"));
    CommandRun run = CommandRun.of("convert", checkpoint, "-o", folder.resolve("./model.pt"));
    assertEquals(2, run.exitCode());
    assertEquals(-1, Files.mismatch(golden("lstm-5-7.pt"), checkpoint));
  }

  @Test
  void aFolderThatDoesNotExistIsSaid() {
    Path model = folder.resolve("nowhere").resolve("model.l4j");
    CommandRun run = CommandRun.of("convert", golden("lstm-5-7.pt"), "-o", model);
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains(model.toString()), run.err());
  }

  @Test
  void aModelNeedsNoConversion() {
    Path model = folder.resolve("model.l4j");
    CommandRun.of("convert", golden("lstm-5-7.pt"), "-o", model);
    CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("again.l4j"));
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("already"), run.err());
  }

  @Test
  void aDryRunTellsWhichTensorBecomesWhatAndWritesNothing() throws IOException {
    Path model = Files.writeString(folder.resolve("model.l4j"), "old");
    CommandRun run =
        CommandRun.of("convert", golden("readouts.pt"), "-o", model, "--dry-run", "--read", "last");
    assertEquals(0, run.exitCode(), run.err());
    List<String> rows = run.out().lines().filter(line -> !line.startsWith("assumed: ")).toList();
    assertEquals(List.of("tensor", "dtype", "shape", "parameter", "layer"), words(rows.getFirst()));
    assertEquals(
        List.of(
            "lstm.weight_ih_l0",
            "float32",
            "[36, 4]",
            "lstm.weight_ih_l0",
            "1 lstm: lstm(4 -> 9, hidden_size=9)"),
        words(rows.get(1)));
    assertEquals(List.of("-", "-", "-", "-", "2 read_last(9 -> 9)"), words(rows.get(5)));
    assertTrue(run.out().contains("(change with --batch-first"), run.out());
    assertEquals("old", Files.readString(model));
    assertOnlyFile(model);
  }

  @Test
  void aDryRunTellsLearnedInitialStatesToo() {
    CommandRun run = CommandRun.of("convert", golden("modules/states.pt"), "--dry-run");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out()
            .lines()
            .map(ConvertCommandTest::words)
            .anyMatch(row ->
                row.subList(0, Math.min(4, row.size()))
                    .equals(List.of("encoder.c_0", "float32", "[2, 6]", "encoder.lstm.c0"))),
        run.out());
    assertFalse(run.out().contains("left aside"), run.out());
  }

  private static List<String> words(String row) {
    return List.of(row.split(" {2,}"));
  }

  @Test
  void aDryRunNeedsNoOutputAndFailsAsTheConversionWould() {
    assertEquals(0, CommandRun.of("convert", golden("readouts.pt"), "--dry-run").exitCode());
    CommandRun run =
        CommandRun.of("convert", golden("readouts.pt"), "--dry-run", "--select", "nowhere");
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("nowhere"), run.err());
  }

  private void assertOnlyFile(Path file) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(file, files.toList().getFirst());
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  private static Path golden(String name) {
    return Goldens.folder().resolve(name);
  }
}

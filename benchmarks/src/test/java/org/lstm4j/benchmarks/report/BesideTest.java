// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BesideTest {
  private static final Machine MACHINE = new Machine("AMD EPYC 9R14", 2, 1, "system", "jdk");
  private static final String ROW = "{'row': 'step 1x40 f32', 'microsPerStep': 0.29}";

  @TempDir private Path folder;

  @Test
  void theDocumentedExampleIsRead() throws Exception {
    String document = Files.readString(Path.of("docs/beside.md"));
    String example = document.substring(document.indexOf("```json") + 7);

    Beside beside = read(example.substring(0, example.indexOf("```")));

    assertEquals("RTNeural", beside.engine());
    assertEquals(2, beside.rows().size());
    assertEquals(new Beside.Time("step 1x40 f32", 0.29), beside.rows().getFirst());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "{'row': 'step 1x40 f32', 'microsPerStep': 0};positive microsPerStep",
        "{'row': 'step 1x40 f32', 'microsPerStep': -1};positive microsPerStep",
        "{'row': 'step 1x40 f32'};positive microsPerStep",
        "{'microsPerStep': 1};has no name",
        "{'row': 'step 1 f32', 'microsPerStep': 1};is no shape",
        "{'row': 'walk 1x8 f32', 'microsPerStep': 1};is no row",
        "{'row': 'step 01x40 f32', 'microsPerStep': 1};is written 'step 1x40 f32'",
        "{'row': 'step 1x40 f32', 'microsPerStep': 1, 'unit': 'ms'};unit",
        "{'row': 'step 1x40 f32', 'microsPerStep': 'fast'};fast"
      })
  void aRowThatCannotBeIsRefused(String row, String reason) {
    assertRefused(file("RTNeural", "AMD EPYC 9R14", row), reason);
  }

  @Test
  void aRowThatIsThereTwiceIsRefused() {
    assertRefused(file("RTNeural", "AMD EPYC 9R14", ROW + "," + ROW), "there twice");
  }

  @Test
  void figuresOfAnotherProcessorAreRefused() {
    assertRefused(file("RTNeural", "another", ROW), "measure it here");
  }

  @Test
  void theNameOfAnotherColumnIsRefused() {
    assertRefused(file("lstm4j", "AMD EPYC 9R14", ROW), "rename it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {"{};has no engine", "null;is empty", "[;beside.json", "{} {};beside.json"})
  void whatIsNoSuchObjectIsRefused(String json, String reason) {
    assertRefused(json, reason);
  }

  @Test
  void aMissingFileIsRefused() {
    Path missing = folder.resolve("missing.json");

    BesideException e =
        assertThrows(BesideException.class, () -> Beside.read(missing, MACHINE, Set.of("lstm4j")));

    assertTrue(e.getMessage().contains("missing.json cannot be read"), e.getMessage());
  }

  private static String file(String engine, String processor, String rows) {
    return "{'engine': '%s', 'version': '1', 'processor': '%s', 'rows': [%s]}"
        .formatted(engine, processor, rows);
  }

  private void assertRefused(String json, String reason) {
    BesideException e = assertThrows(BesideException.class, () -> read(json.replace('\'', '"')));
    assertTrue(e.getMessage().contains("beside.json"), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private Beside read(String json) throws IOException, BesideException {
    Path file = folder.resolve("beside.json");
    Files.writeString(file, json);
    return Beside.read(file, MACHINE, Set.of("lstm4j"));
  }
}

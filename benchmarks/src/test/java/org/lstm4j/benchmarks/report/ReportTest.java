// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.benchmarks.process.ColdStart;
import org.lstm4j.benchmarks.process.Tails;
import org.lstm4j.tools.machine.MachineLimits;
import org.lstm4j.tools.machine.MemoryLevel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  @Test
  void aRowShowsEveryEngineTheRatioAndTheShare() {
    String line = line(Report.text(results()), "step 1x8 f32");

    assertEquals("step 1x8 f32 0.100 not run 2.00 onednn 0.05 50 %", line.replaceAll(" +", " "));
  }

  @Test
  void aRowOfCellsShowsEveryCell() {
    String line = line(Report.text(results()), "step 28x256 f32");

    assertEquals("step 28x256 f32 0.100 not run 2.00", line.replaceAll(" +", " "));
  }

  @Test
  void whatDidNotRunSaysWhy() {
    assertTrue(Report.markdown(results()).contains("- broken, step 1x8 f32: not run: it crashed"));
  }

  @Test
  void theJsonHoldsTheSameFigures() {
    JsonNode row = JsonMapper.shared().readTree(JsonReport.json(results())).get("rows").get(0);

    assertEquals("step 1x8 f32", row.get("name").asString());
    assertEquals(0.1, row.get("microsPerStep").get("lstm4j").get("median").asDouble());
    assertEquals("it crashed", row.get("microsPerStep").get("broken").get("notRun").asString());
    assertEquals(0.05, row.get("ratioToBestPeer").asDouble());
    assertEquals(0.5, row.get("shareOfLimit").asDouble());
  }

  @ParameterizedTest
  @CsvSource({"0.0864, 0.086", "3.456, 3.46", "17.25, 17.3", "779.4, 779"})
  void threeDigitsCount(double value, String text) {
    assertEquals(text, Report.number(value));
  }

  private static String line(String text, String start) {
    return text.lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
  }

  private static Results results() {
    Map<String, Cell> cells = new LinkedHashMap<>();
    cells.put("lstm4j", new Cell.Measured(0.1, 0));
    cells.put("broken", new Cell.NotRun("it crashed"));
    cells.put("onednn", new Cell.Measured(2, 1e-7));
    return new Results(
        "2026-01-01T00:00:00",
        true,
        true,
        new Machine("a processor", 2, 1L << 30, "a system", "a JDK"),
        new MachineLimits(16, true, 1e11, List.of(new MemoryLevel("L1", 1 << 15, 1 << 14, 2e11))),
        Map.of("lstm4j", "this build", "onednn", "3"),
        List.of(new Row("step 1x8 f32", OptionalDouble.of(0.05), cells)),
        Map.of("step 28x256 f32", cells),
        Map.of("step 1x8 f32", Map.of("lstm4j", new Tails(1, 2, 3, 4, 5, 6, 0))),
        List.of(new ColdStart(90, 20, 1, 0.5)),
        Map.of("tanh", new Cell.Measured(0.2, 0)),
        Map.of("40x64", new Cell.NotRun("no space")),
        List.of());
  }
}

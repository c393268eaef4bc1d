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
import org.lstm4j.engine.training.TrainingMemory;
import org.lstm4j.tools.machine.MachineLimits;
import org.lstm4j.tools.machine.MemoryLevel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  @Test
  void aRowShowsEveryEngineTheRatioAndTheShare() {
    String line = line(Report.text(results()), "step 1x8 f32");

    assertEquals("step 1x8 f32 0.100 not run 2.00 - onednn 0.05 50 %", line.replaceAll(" +", " "));
  }

  @Test
  void aRowOfCellsShowsEveryCell() {
    String line = line(Report.text(results()), "step 28x256 f32");

    assertEquals("step 28x256 f32 0.100 not run 2.00", line.replaceAll(" +", " "));
  }

  @ParameterizedTest
  @CsvSource({
    "training 28x256+28 f32, '- training 28x256+28 f32: lstm4j 50,000, libtorch 32,000'",
    "training 3x4+3 f32, '- training 3x4+3 f32: lstm4j 1,000'"
  })
  void belowATableStandTheTokensASecondOfWhatTrains(String row, String line) {
    assertEquals(line, line(Report.text(results()), "- " + row));
  }

  @Test
  void learningShowsItsMemory() {
    String line = line(Report.text(results()), "learning 1x8 f32");

    assertEquals("learning 1x8 f32 kept 3.00 0.500 5.00", line.replaceAll(" +", " "));
    JsonNode json = JsonMapper.shared().readTree(JsonReport.json(results()));
    JsonNode memory = json.get("learningMemoryBytes").get("learning 1x8 f32").get("kept");
    assertEquals(3 << 20, memory.get("activations").asInt());
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
    assertTrue(row.get("tokensPerSecond").isNull());
  }

  @Test
  void theJsonHoldsTokensASecondOfARowThatTrains() {
    JsonNode row = JsonMapper.shared().readTree(JsonReport.json(results())).get("rows").get(1);

    assertEquals(50_000, row.get("tokensPerSecond").get("lstm4j").asDouble());
    assertEquals(32_000, row.get("tokensPerSecond").get("libtorch").asDouble());
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
    Map<String, Cell> training = new LinkedHashMap<>();
    training.put("lstm4j", new Cell.Measured(640, 0));
    training.put("libtorch", new Cell.Measured(1000, 0));
    return new Results(
        "2026-01-01T00:00:00",
        true,
        3,
        true,
        new Machine("a processor", 2, 1L << 30, "a system", "a JDK"),
        new MachineLimits(16, true, 1e11, List.of(new MemoryLevel("L1", 1 << 15, 1 << 14, 2e11))),
        Map.of("lstm4j", "this build", "onednn", "3"),
        List.of(
            new Row("step 1x8 f32", OptionalDouble.of(0.05), cells),
            new Row("training 28x256+28 f32", OptionalDouble.empty(), training)),
        Map.of(
            "step 28x256 f32",
            cells,
            "training 3x4+3 f32",
            Map.of("lstm4j", new Cell.Measured(32_000, 0))),
        Map.of("learning 1x8 f32", Map.of("kept", new TrainingMemory(3 << 20, 1 << 19, 5 << 20))),
        Map.of("step 1x8 f32", Map.of("lstm4j", new Tails(1, 2, 3, 4, 5, 6, 0))),
        List.of(new ColdStart(90, 20, 1, 0.5)),
        Map.of("tanh", new Cell.Measured(0.2, 0)),
        Map.of("40x64", new Cell.NotRun("no space")),
        List.of());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes {@link Results} for programs. */
public final class JsonReport {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonReport() {}

  /**
   * Everything measured, as JSON. A time that is not there is null, with a reason beside it.
   *
   * @param results what was measured
   * @return a JSON object
   */
  public static String json(Results results) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("date", results.date());
    json.put("quick", results.quick());
    json.put("rounds", results.rounds());
    json.put("pinned", results.pinned());
    json.put("machine", results.machine());
    json.put("limits", results.limits());
    json.put("versions", results.versions());
    json.put("rows", rows(results.rows()));
    json.put("cellsMicrosPerStep", byName(results.cells(), JsonReport::cells));
    json.put("learningMemoryBytes", results.learningMemory());
    json.put("tailsMicros", results.tails());
    json.put("coldStartMillis", results.coldStarts());
    json.put("activationNanosPerElement", cells(results.activations()));
    json.put("openingMicros", cells(results.opening()));
    json.put("failures", results.failures());
    return MAPPER.writeValueAsString(json) + "\n";
  }

  private static List<Map<String, Object>> rows(List<Row> rows) {
    return rows.stream().map(JsonReport::row).toList();
  }

  private static Map<String, Object> row(Row row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", row.name());
    json.put("microsPerStep", cells(row.cells()));
    Map<String, Double> rates = row.tokensPerSecond();
    json.put("tokensPerSecond", rates.isEmpty() ? null : rates);
    json.put("bestPeer", row.bestPeer().orElse(null));
    json.put("ratioToBestPeer", orNull(row.ratioToBestPeer()));
    json.put("floorMicros", orNull(row.floor()));
    json.put("shareOfLimit", orNull(row.shareOfLimit()));
    return json;
  }

  private static <T> Map<String, Object> byName(Map<String, T> values, Function<T, Object> json) {
    Map<String, Object> all = new LinkedHashMap<>();
    values.forEach((name, value) -> all.put(name, json.apply(value)));
    return all;
  }

  private static Map<String, Object> cells(Map<String, Cell> cells) {
    Map<String, Object> json = new LinkedHashMap<>();
    cells.forEach((name, cell) -> json.put(name, cell(cell)));
    return json;
  }

  private static Map<String, Object> cell(Cell cell) {
    Map<String, Object> json = new LinkedHashMap<>();
    switch (cell) {
      case Cell.Measured(double value, double difference) -> {
        json.put("median", value);
        json.put("largestDifference", difference);
      }
      case Cell.NotRun(String reason) -> {
        json.put("median", null);
        json.put("notRun", reason);
      }
    }
    return json;
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RowTest {
  @Test
  void theRatioIsToTheFastestPeer() {
    Row row = row(2, Map.of("lstm4j", time(3), "slow", time(9), "fast", time(4)));

    assertEquals(Optional.of("fast"), row.bestPeer());
    assertEquals(OptionalDouble.of(0.75), row.ratioToBestPeer());
  }

  @Test
  void aPeerThatDidNotRunIsNotTheBest() {
    Row row =
        row(2, Map.of("lstm4j", time(3), "broken", new Cell.NotRun("it crashed"), "a", time(4)));

    assertEquals(Optional.of("a"), row.bestPeer());
  }

  @Test
  void withoutPeersThereIsNoRatio() {
    Row row = row(2, Map.of("lstm4j", time(3)));

    assertEquals(Optional.empty(), row.bestPeer());
    assertEquals(OptionalDouble.empty(), row.ratioToBestPeer());
  }

  @Test
  void withoutOurTimeThereAreNoFigures() {
    Row row = row(2, Map.of("lstm4j", new Cell.NotRun("it failed"), "a", time(4)));

    assertEquals(OptionalDouble.empty(), row.ratioToBestPeer());
    assertEquals(OptionalDouble.empty(), row.shareOfLimit());
  }

  @Test
  void theShareIsTheFloorOverOurTime() {
    assertEquals(OptionalDouble.of(0.5), row(2, Map.of("lstm4j", time(4))).shareOfLimit());
    assertEquals(
        OptionalDouble.empty(),
        new Row("x", OptionalDouble.empty(), Map.of("lstm4j", time(4))).shareOfLimit());
  }

  @Test
  void aRowThatTrainsHasTokensASecond() {
    Row row =
        new Row(
            "training 28x256+28 f32",
            OptionalDouble.empty(),
            Map.of("lstm4j", time(640), "broken", new Cell.NotRun("it crashed")));

    assertEquals(Map.of("lstm4j", 50_000.0), row.tokensPerSecond());
  }

  @Test
  void anotherRowHasNoTokens() {
    Row row = new Row("learning 5x8 f32", OptionalDouble.empty(), Map.of("lstm4j", time(640)));

    assertEquals(Map.of(), row.tokensPerSecond());
  }

  private static Row row(double floor, Map<String, Cell> cells) {
    return new Row("x", OptionalDouble.of(floor), new LinkedHashMap<>(cells));
  }

  private static Cell time(double micros) {
    return new Cell.Measured(micros, 0);
  }
}

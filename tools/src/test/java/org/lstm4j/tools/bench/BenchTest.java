// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.tools.cli.TestNetworks;
import org.lstm4j.tools.machine.MachineLimits;
import org.lstm4j.tools.machine.MemoryLevel;

class BenchTest {
  private static final MachineLimits MACHINE =
      new MachineLimits(
          16, true, 1e11, List.of(new MemoryLevel("memory", Long.MAX_VALUE, 1 << 20, 1e11)));

  enum Kind {
    MANY_TO_MANY,
    MANY_TO_ONE,
    ONE_TO_MANY,
    TOKENS,
    BIDIRECTIONAL;

    private Network.Builder builder() {
      return switch (this) {
        case MANY_TO_MANY -> TestNetworks.manyToMany();
        case MANY_TO_ONE -> TestNetworks.manyToOne();
        case ONE_TO_MANY -> TestNetworks.oneToMany();
        case TOKENS -> TestNetworks.tokens();
        case BIDIRECTIONAL -> TestNetworks.bidirectional();
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void networksOfEveryKindAreMeasured(Kind kind) {
    BenchReport report = run(kind, options(1, OptionalInt.empty(), 200));

    assertEquals(kind == Kind.BIDIRECTIONAL ? "run" : "step", report.setup().call());
    assertEquals(kind == Kind.BIDIRECTIONAL ? 100 : 1, report.setup().stepsPerCall());
    assertEquals(kind == Kind.BIDIRECTIONAL ? 2 : 200, report.latency().calls());
    assertEquals(report.latency().calls(), report.busyLatency().calls());
    assertTrue(report.warmUp().steps() > 0);
    assertTrue(report.nanosPerStep() > 0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void runsAndBatchesAreMeasuredToo(Kind kind) {
    BenchReport report = run(kind, options(3, OptionalInt.of(5), 50));

    assertEquals("run", report.setup().call());
    assertEquals(5, report.setup().stepsPerCall());
    assertEquals(3, report.setup().batch());
    assertEquals(10, report.latency().calls());
  }

  @ParameterizedTest
  @EnumSource(WeightStorage.class)
  void weightsOfEveryStorageAreMeasuredOnAnyNumberOfThreads(WeightStorage weights) {
    Network.Builder builder = Kind.MANY_TO_MANY.builder().weights(weights);
    BenchReport report = run(builder, options(2, 1, OptionalInt.empty(), 200));

    assertEquals(weights.name().toLowerCase(Locale.ROOT), report.setup().weights());
    assertEquals(2, report.setup().threads());
    assertEquals(200, report.latency().calls());
  }

  @Test
  void ratesFollowFromTheTimeOfAStep() {
    BenchReport report = run(Kind.MANY_TO_MANY, options(2, OptionalInt.empty(), 100));

    double seconds = report.nanosPerStep() / 1e9;
    assertEquals(2 * 240, report.flopsPerStep());
    assertEquals(480 / seconds, report.flopsPerSecond(), 1e-3);
    assertEquals(4 * 154, report.weightBytesPerStep());
    assertEquals(616 / seconds, report.weightBytesPerSecond(), 1e-3);
    assertEquals(
        report.limit().nanosPerStep() / report.nanosPerStep(), report.limit().share(), 1e-12);
  }

  @Test
  void withoutANumberOfStepsTheDurationCounts() {
    BenchOptions options =
        new BenchOptions(
            1,
            1,
            OptionalInt.empty(),
            OptionalLong.empty(),
            Duration.ofMillis(1),
            Duration.ofMillis(1));

    assertTrue(run(Kind.MANY_TO_MANY, options).latency().calls() > 0);
  }

  @Test
  void whatNoArrayHoldsIsRefused() {
    BenchOptions options = options(1, OptionalInt.of(Integer.MAX_VALUE), 1);

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> run(Kind.MANY_TO_MANY, options));

    assertTrue(e.getMessage().contains("fewer time steps"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1, 1", "1, 0, 1, 1", "1, 1, 0, 1", "1, 1, 1, 0"})
  void numbersThatAreNotPositiveAreRefused(int threads, int batch, int stepsPerRun, long steps) {
    assertThrows(
        IllegalArgumentException.class,
        () -> options(threads, batch, OptionalInt.of(stepsPerRun), steps));
  }

  private static BenchReport run(Kind kind, BenchOptions options) {
    return run(kind.builder(), options);
  }

  private static BenchReport run(Network.Builder builder, BenchOptions options) {
    try (Network network = TestNetworks.build(builder)) {
      return Bench.run("model.l4j", network, options, MACHINE);
    }
  }

  private static BenchOptions options(int batch, OptionalInt stepsPerRun, long steps) {
    return options(1, batch, stepsPerRun, steps);
  }

  private static BenchOptions options(int threads, int batch, OptionalInt stepsPerRun, long steps) {
    return new BenchOptions(
        threads,
        batch,
        stepsPerRun,
        OptionalLong.of(steps),
        Duration.ofSeconds(1),
        Duration.ofMillis(1));
  }
}

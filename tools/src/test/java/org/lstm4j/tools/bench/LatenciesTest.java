// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void percentilesAreThoseOfTheCalls() {
    for (int nanos = 1; nanos <= 1000; nanos++) {
      latencies.record(nanos);
    }

    Latency summary = latencies.summary();

    assertEquals(1000, summary.calls());
    assertEquals(500, summary.p50Nanos());
    assertEquals(900, summary.p90Nanos());
    assertEquals(990, summary.p99Nanos());
    assertEquals(999, summary.p999Nanos());
    assertEquals(1000, summary.maxNanos());
  }

  @Test
  void theLongestCallsAreToldLongestFirst() {
    for (int nanos : new int[] {7, 900, 5, 900, 800, 6, 700, 4}) {
      latencies.record(nanos);
    }

    assertEquals(List.of(900.0, 900.0, 800.0, 700.0, 7.0), latencies.summary().longestNanos());
  }

  @Test
  void fewCallsAreAllTold() {
    latencies.record(3);

    assertEquals(List.of(3.0), latencies.summary().longestNanos());
  }

  @Test
  void everyCallIsInTheBinThatCoversIt() {
    for (int nanos : new int[] {100, 100, 101, 2000, 1_000_000}) {
      latencies.record(nanos);
    }

    List<Latency.Bin> bins = latencies.summary().histogram();

    assertEquals(List.of(3L, 1L, 1L), bins.stream().map(Latency.Bin::calls).toList());
    assertTrue(bins.getFirst().fromNanos() <= 100 && bins.getFirst().toNanos() > 101);
    assertTrue(bins.get(1).fromNanos() <= 2000 && bins.get(1).toNanos() > 2000);
  }

  @Test
  void whatTheClockCannotSeeAndWhatTakesForeverIsCountedToo() {
    latencies.record(0);
    latencies.record(Long.MAX_VALUE);

    assertEquals(2, latencies.summary().calls());
    assertEquals(1, latencies.summary().p50Nanos());
  }

  @Test
  void everyCallIsMadeAndTimedOnce() {
    AtomicInteger sum = new AtomicInteger();

    latencies.time(sum::addAndGet, 10);

    assertEquals(45, sum.get());
    assertEquals(10, latencies.summary().calls());
  }
}

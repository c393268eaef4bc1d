// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** How long calls take, one by one. Recording allocates nothing. */
final class Latencies {
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int SIGNIFICANT_DIGITS = 3;

  /** How many of the longest calls are told one by one. */
  private static final int LONGEST = 5;

  /** A bin of the histogram is 6 % wide. */
  private static final int BINS_PER_DECADE = 40;

  private final Histogram nanos = new Histogram(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);

  /** Times calls, the clock's own time included. */
  void time(IntConsumer call, int calls) {
    long before = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.accept(i);
      long after = System.nanoTime();
      record(after - before);
      before = System.nanoTime();
    }
  }

  void record(long duration) {
    nanos.recordValue(Math.clamp(duration, 1, LONGEST_NANOS));
  }

  long median() {
    return nanos.getValueAtPercentile(50);
  }

  Latency summary() {
    return new Latency(
        nanos.getTotalCount(),
        median(),
        nanos.getValueAtPercentile(90),
        nanos.getValueAtPercentile(99),
        nanos.getValueAtPercentile(99.9),
        nanos.getMaxValue(),
        longest(),
        bins());
  }

  private List<Double> longest() {
    Deque<Double> longest = new ArrayDeque<>();
    for (HistogramIterationValue value : nanos.recordedValues()) {
      for (long i = 0; i < Math.min(LONGEST, value.getCountAtValueIteratedTo()); i++) {
        longest.addFirst((double) value.getValueIteratedTo());
        if (longest.size() > LONGEST) {
          longest.removeLast();
        }
      }
    }
    return List.copyOf(longest);
  }

  private List<Latency.Bin> bins() {
    SortedMap<Integer, Long> counts = new TreeMap<>();
    for (HistogramIterationValue value : nanos.recordedValues()) {
      int bin = (int) Math.floor(BINS_PER_DECADE * Math.log10((double) value.getValueIteratedTo()));
      counts.merge(bin, value.getCountAtValueIteratedTo(), Long::sum);
    }
    List<Latency.Bin> bins = new ArrayList<>();
    counts.forEach((bin, count) -> bins.add(new Latency.Bin(edge(bin), edge(bin + 1), count)));
    return bins;
  }

  private static double edge(int bin) {
    return Math.pow(10, (double) bin / BINS_PER_DECADE);
  }
}

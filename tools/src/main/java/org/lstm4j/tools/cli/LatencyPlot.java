// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.nio.file.Path;
import java.util.List;
import org.lstm4j.tools.bench.BenchReport;
import org.lstm4j.tools.bench.Latency;
import org.lstm4j.tools.plot.HistogramSeries;
import org.lstm4j.tools.plot.Plot;

/** The picture of a {@link BenchReport}. */
final class LatencyPlot {
  private static final double NANOS_PER_MICRO = 1e3;

  private LatencyPlot() {}

  static Plot of(BenchReport report) {
    BenchReport.Setup setup = report.setup();
    String call =
        setup.call().equals("step")
            ? "one time step"
            : "a run of %d time steps".formatted(setup.stepsPerCall());
    return Plot.histogram(
        "%s: %s".formatted(Path.of(setup.model()).getFileName(), call),
        "duration of a call (µs)",
        List.of(series(setup.call(), report.latency()), series("busy loop", report.busyLatency())),
        marks(report.latency()));
  }

  private static HistogramSeries series(String name, Latency latency) {
    return new HistogramSeries(
        name,
        latency.histogram().stream()
            .map(bin ->
                new HistogramSeries.Bin(
                    bin.fromNanos() / NANOS_PER_MICRO,
                    bin.toNanos() / NANOS_PER_MICRO,
                    bin.calls()))
            .toList());
  }

  private static List<HistogramSeries.Mark> marks(Latency latency) {
    return List.of(
        mark("p50", latency.p50Nanos()),
        mark("p99", latency.p99Nanos()),
        mark("p99.9", latency.p999Nanos()),
        mark("max", latency.maxNanos()));
  }

  private static HistogramSeries.Mark mark(String name, double nanos) {
    double micros = nanos / NANOS_PER_MICRO;
    return new HistogramSeries.Mark("%s %s".formatted(name, Digits.three(micros)), micros);
  }
}

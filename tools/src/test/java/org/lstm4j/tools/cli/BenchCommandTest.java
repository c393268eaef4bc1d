// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
  @TempDir private Path folder;

  @Test
  void aModelThatPyTorchTrainedIsMeasuredDrawnAndReported() throws IOException {
    Path model = Goldens.folder().resolve("lstm-1-8.pt");
    Path json = folder.resolve("bench.json");
    Path plot = folder.resolve("bench.png");
    CommandRun run =
        CommandRun.of(
            "bench", model, "--steps", 2000, "--warm-up", 0.2, "--json", json, "--plot", plot);

    assertEquals(0, run.exitCode(), run.err());
    for (String expected :
        List.of(
            "model     " + model,
            "step: one time step, batch 1, float32 weights, 1 thread",
            "stages    ",
            "one core: ",
            "p99.9",
            "busy loop",
            "(2,000 calls each",
            "GFLOP/s",
            "% of what the machine allows",
            "bytes a time step")) {
      assertTrue(run.out().contains(expected), expected + " in " + run.out());
    }
    assertEquals(1200, ImageIO.read(plot.toFile()).getWidth());
    requireReport(JsonMapper.shared().readTree(Files.readString(json)));
  }

  private static void requireReport(JsonNode report) {
    assertEquals(
        List.of(
            "setup",
            "warm_up",
            "latency",
            "busy_latency",
            "clock_nanos",
            "nanos_per_step",
            "flops_per_step",
            "weight_bytes_per_step",
            "flops_per_second",
            "weight_bytes_per_second",
            "allocated_bytes_per_step",
            "stages",
            "limit",
            "machine"),
        List.copyOf(report.propertyNames()));
    assertEquals("step", report.at("/setup/call").asString());
    assertEquals(2000, report.at("/latency/calls").asLong());
    assertTrue(report.at("/latency/p999_nanos").asDouble() > 0);
    assertTrue(report.at("/latency/histogram/0/to_nanos").asDouble() > 0);
    assertTrue(report.at("/stages/0/nanos_per_step").asDouble() > 0);
    assertEquals("L1", report.at("/machine/levels/0/name").asString());
  }

  @Test
  void aNetworkThatReadsWholeSequencesIsRunAndTheReportSaysWhy() {
    Path model = Goldens.folder().resolve("lstm-bidirectional.pt");
    CommandRun run =
        CommandRun.of("bench", model, "--steps", 60, "--steps-per-run", 20, "--warm-up", 0.1);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out().contains("run: 20 time steps, as the network reads whole sequences"), run.out());
    assertTrue(run.out().contains("(3 calls each"), run.out());
  }

  @Test
  void aFolderIsNoPlaceForAReport() {
    CommandRun run = CommandRun.of("bench", "model.l4j", "--json", folder);

    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(folder + ": is a folder"), run.err());
  }
}

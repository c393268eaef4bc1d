// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the programs print; whether they learn is {@code ProgramsTest}. */
class ProgramCommandTest {
  @TempDir private Path folder;

  @Test
  void sineSaysHowTheLossFell() throws IOException {
    Path plot = folder.resolve("sine.png");
    CommandRun run = CommandRun.of("program", "sine", "--epochs", 50, "--plot", plot);

    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(12, lines.size(), run.out());
    assertTrue(lines.getFirst().startsWith("epoch      1: loss 0."), run.out());
    assertTrue(lines.get(10).startsWith("epoch     50: loss 0."), run.out());
    assertTrue(lines.getLast().contains("held back: 0."), run.out());
    assertEquals(1200, ImageIO.read(plot.toFile()).getWidth());
  }

  @Test
  void sineStopsAtItsGoal() {
    CommandRun run = CommandRun.of("program", "sine", "--loss-goal", 100);

    assertEquals(2, run.out().lines().count(), run.out());
  }

  @Test
  void additionCountsTheSumsOfBothNetworks() {
    CommandRun run = CommandRun.of("program", "addition", "--samples", 200, "--updates", 100);

    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(2, lines.size(), run.out());
    assertTrue(lines.getFirst().matches("RNN +200 updates in .* of 16,384 sums right"), run.out());
    assertTrue(lines.getLast().matches("LSTM +100 updates in .* of 16,384 sums right"), run.out());
  }

  @Test
  void recallPrintsARowForEachNumberOfSteps() throws IOException {
    Path plot = folder.resolve("recall.png");
    CommandRun run =
        CommandRun.of("program", "recall", "--steps", "2,4", "--updates", 9, "--plot", plot);

    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(3, lines.size(), run.out());
    assertTrue(
        lines.get(1).matches(" +2 +[0-9.]+ % +9 +[0-9.]+ +[0-9.]+ % +9 +[0-9.]+"), run.out());
    assertTrue(lines.get(2).startsWith("    4 "), run.out());
    assertEquals(1200, ImageIO.read(plot.toFile()).getWidth());
  }
}

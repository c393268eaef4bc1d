// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.Goldens;

/**
 * The README's table of what is imported from where says what the goldens of the parity tests have,
 * neither more nor less.
 */
class OriginTableTest {
  private static final String BEGIN = "<!-- From here on by OriginTableTest -->\n";
  private static final String END = "<!-- To here -->\n";

  /** Tests run in the folder of their module. */
  private static final Path README = Path.of("..", "README.md");

  /** What is recognised, and refused: the file among the bad ones, and what it is. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "export-1.pt2", "archives of `torch.export`",
          "export-2.pt2", "archives of `torch.export`",
          "tar.pt", "tar archives of PyTorch before 0.1.10",
          "torchscript-1.0.pt", "TorchScript of PyTorch before 1.4");

  @TempDir private Path folder;

  @Test
  void theReadmeSaysWhatTheGoldensHave() throws IOException {
    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    assertTrue(BEGIN.length() <= begin && begin <= end, "the README has lost its two comments");
    String table = table() + "\n" + refused() + "\n";
    if (Boolean.getBoolean("readme.update")) {
      Files.writeString(README, readme.substring(0, begin) + table + readme.substring(end));
      return;
    }
    assertEquals(
        table,
        readme.substring(begin, end),
        "the README's table is not what the goldens have; update it with mvn -pl tools -am test"
            + " -Dreadme.update=true -Dtest=OriginTableTest -Dsurefire.failIfNoSpecifiedTests=false"
            + "\n");
  }

  private String table() throws IOException {
    Map<Origin, Set<Feature>> featuresOf = featuresOf();
    StringBuilder table = new StringBuilder();
    table.append(row("", Stream.of(Feature.values()).map(Feature::column)));
    table.append(row("---", Stream.of(Feature.values()).map(_ -> ":-:")));
    for (Origin origin : Origin.values()) {
      Set<Feature> features = featuresOf.get(origin);
      assertTrue(features != null, () -> "there is no golden of " + origin);
      table.append(
          row(
              origin.row(),
              Stream.of(Feature.values()).map(feature -> features.contains(feature) ? "✓" : "")));
    }
    return table.toString();
  }

  private static String row(String first, Stream<String> others) {
    return Stream.concat(Stream.of(first), others).collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** Of the goldens that the parity tests run, and that fail a build if they are out of bounds. */
  private Map<Origin, Set<Feature>> featuresOf() throws IOException {
    Map<Origin, Set<Feature>> featuresOf = new EnumMap<>(Origin.class);
    List<Golden> goldens =
        Stream.concat(PyTorchParityTest.goldens(), FormatsParityTest.goldens()).toList();
    for (Golden golden : goldens) {
      Set<Feature> features =
          featuresOf.computeIfAbsent(Origin.of(golden), _ -> EnumSet.noneOf(Feature.class));
      try (Network network = golden.importNetwork(folder)) {
        Stream.of(Feature.values()).filter(feature -> feature.isIn(network)).forEach(features::add);
      }
    }
    return featuresOf;
  }

  private static String refused() {
    Map<String, Goldens.Bad> bad =
        Goldens.bad()
            .collect(Collectors.toMap(file -> file.file().getFileName().toString(), f -> f));
    REFUSED.keySet().forEach(file -> assertRefused(bad.get(file)));
    return "Refused, with a sentence that says how to save again: %s.\n"
        .formatted(REFUSED.values().stream().distinct().sorted().collect(Collectors.joining(", ")));
  }

  private static void assertRefused(Goldens.Bad bad) {
    assertThrows(
        ModelFormatException.class,
        () -> Checkpoints.importNetwork(bad.file(), bad.importOptions()));
  }
}

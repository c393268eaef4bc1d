// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectCommandTest {
  @TempDir private Path folder;

  @Test
  void aModelIsDescribedForPeople() throws IOException {
    Path model = write(TestNetworks.manyToOne().metadata("source", "a test"));
    CommandRun run = CommandRun.of("inspect", model);
    assertEquals(0, run.exitCode(), run.err());
    for (String expected :
        List.of(
            "vectors of 3 features, time step first",
            "2 features for a sequence",
            "lstm: lstm(3 -> 4, hidden_size=4)",
            "fc: linear(4 -> 2)",
            "154 parameters, 616 bytes in float32",
            "240 floating-point operations",
            "lstm.weight_hh_l0  float32 [16, 4]",
            "source=a test")) {
      assertTrue(run.out().contains(expected), expected + " in " + run.out());
    }
    assertFalse(run.out().contains("warning"), run.out());
  }

  @Test
  void jsonHasTheDocumentedKeys() throws IOException {
    JsonNode report = json(write(TestNetworks.oneToMany()));
    assertEquals(
        List.of(
            "file",
            "container",
            "file_bytes",
            "format_version",
            "producer",
            "input",
            "input_size",
            "output_size",
            "batch_first",
            "read",
            "one_to_many",
            "needs_whole_sequence",
            "learned_initial_state",
            "layers",
            "parameters",
            "weight_bytes",
            "packed_bytes",
            "flops_per_step",
            "metadata",
            "tensors",
            "assumptions"),
        List.copyOf(report.propertyNames()));
    assertEquals("l4j model", report.get("container").asString());
    assertEquals(1, report.get("format_version").asInt());
    assertEquals("vectors", report.get("input").asString());
    assertEquals("read_all", report.get("read").asString());
    assertEquals("feedback", report.at("/one_to_many/mode").asString());
    assertEquals(5, report.at("/one_to_many/steps").asInt());
    assertFalse(report.get("learned_initial_state").asBoolean());
    assertEquals("lstm", report.at("/layers/0/kind").asString());
    assertEquals(4, report.at("/layers/0/options/hidden_size").asInt());
    assertEquals("lstm.weight_ih_l0", report.at("/tensors/0/name").asString());
    assertEquals(16, report.at("/tensors/0/shape/0").asInt());
    assertEquals(0, report.at("/tensors/0/nan").asInt());
  }

  @Test
  void aLearnedInitialStateIsShownWithItsTensors() throws IOException {
    Path model = write(TestNetworks.learnedInitialState());
    CommandRun run = CommandRun.of("inspect", model);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("starts from a learned initial state"), run.out());
    assertTrue(run.out().contains("lstm.c0"), run.out());
    JsonNode report = json(model);
    assertTrue(report.get("learned_initial_state").asBoolean());
    assertEquals(2, report.get("format_version").asInt());
    assertEquals("lstm", report.at("/layers/1/options/layers/0/kind").asString());
  }

  @Test
  void nanWeightsAreAcceptedAndReported() throws IOException {
    Path nan = Goldens.folder().resolve("nan.pt");
    CommandRun run = CommandRun.of("inspect", nan);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("weights contain NaN"), run.out());
  }

  @Test
  void aCheckpointIsDescribedAsWhatItWouldBecome() {
    Path checkpoint = Goldens.folder().resolve("readouts.pt");
    CommandRun run = CommandRun.of("inspect", checkpoint, "--read", "max");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("PyTorch checkpoint"), run.out());
    assertTrue(run.out().contains("read_max(9 -> 9)"), run.out());
  }

  @Test
  void theStoredTypeOfATensorIsShown() {
    Path checkpoint = Goldens.folder().resolve("stored-bfloat16.pt");
    JsonNode report = json(checkpoint);
    assertEquals("bfloat16", report.at("/tensors/0/dtype").asString());
    assertTrue(report.get("format_version").isNull());
    assertFalse(report.get("assumptions").isEmpty());
  }

  @Test
  void aModelIsToldByItsContentNotItsName() throws IOException {
    Path model = write(TestNetworks.manyToMany());
    Path renamed = Files.move(model, folder.resolve("model.pt"));
    assertEquals(0, CommandRun.of("inspect", renamed).exitCode());
  }

  @Test
  void aDamagedModelIsOneSentence() throws IOException {
    Path model = write(TestNetworks.manyToMany());
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1;
    Files.write(model, bytes);
    CommandRun run = CommandRun.of("inspect", model);
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains(model + ": "), run.err());
    assertTrue(run.sentence().contains("checksum"), run.err());
  }

  private static JsonNode json(Path file) {
    CommandRun run = CommandRun.of("inspect", file, "--json");
    assertEquals(0, run.exitCode(), run.err());
    return JsonMapper.shared().readTree(run.out());
  }

  private Path write(Network.Builder builder) throws IOException {
    Path file = folder.resolve("model.l4j");
    try (Network network = TestNetworks.build(builder)) {
      ModelFile.write(network, file);
    }
    return file;
  }
}

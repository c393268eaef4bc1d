// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.Normalisation;
import org.lstm4j.format.Normalisation.Column;
import org.lstm4j.format.Vocabulary;
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
            "attachments",
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
  void theVocabularyAndTheTrainingStateOfAModelAreShown() throws IOException {
    TrainingState state =
        new TrainingState(
            Map.of("fc.bias.momentum", Tensor.of(new float[7], 7)),
            Map.of("step", 300L, "epoch", 2L),
            Map.of("learning_rate", 0.125, "best_loss", Double.POSITIVE_INFINITY));
    Vocabulary vocabulary =
        new Vocabulary(Vocabulary.Kind.CHARACTER, List.of("a", "b", "?"), OptionalInt.of(2));
    Path model = write(TestNetworks.tokens(), Attachments.none().with(vocabulary).with(state));
    assertShown(
        model,
        "3 tokens, each a character; 2 is the unknown one",
        "can go on; tensors in its state: 1",
        "epoch=2",
        "step=300",
        "learning_rate=0.125");
    JsonNode attachments = json(model).get("attachments");
    assertEquals("character", attachments.at("/vocabulary/kind").asString());
    assertEquals(3, attachments.at("/vocabulary/size").asInt());
    assertEquals(2, attachments.at("/vocabulary/unknown").asInt());
    assertEquals(300, attachments.at("/training_state/counters/step").asInt());
    assertEquals(0.125, attachments.at("/training_state/values/learning_rate").asDouble());
    assertEquals(7, attachments.at("/training_state/tensors/fc.bias.momentum/0").asInt());
    assertTrue(attachments.get("labels").isNull());
  }

  @Test
  void theColumnsAndLabelsOfAModelAreShown() throws IOException {
    List<Column> inputs =
        List.of(new Column("t", 20.5, 2), new Column("\u001b[2J", 0, 1), new Column("p", -1, 0.5));
    Normalisation normalisation = new Normalisation(inputs, inputs.subList(0, 1), 24, 2);
    Path model =
        write(
            TestNetworks.manyToOne(),
            Attachments.none().with(normalisation).with(new Labels(List.of("no", "yes"))));
    assertShown(
        model,
        "input t: mean 20.5, scale 2.0",
        "output t: mean 20.5, scale 2.0",
        "reads 24 time steps, forecasts 2 time steps ahead",
        "labels    no, yes");
    assertFalse(CommandRun.of("inspect", model).out().contains("\u001b"));
    JsonNode attachments = json(model).get("attachments");
    assertEquals("t", attachments.at("/normalisation/inputs/0/name").asString());
    assertEquals(20.5, attachments.at("/normalisation/outputs/0/mean").asDouble());
    assertEquals(24, attachments.at("/normalisation/window").asInt());
    assertEquals("yes", attachments.at("/labels/1").asString());
    assertTrue(attachments.get("vocabulary").isNull());
  }

  @Test
  void aDamagedTrainingStateIsOneSentence() throws IOException {
    TrainingState state =
        new TrainingState(Map.of("m", Tensor.of(new float[] {1}, 1)), Map.of(), Map.of());
    Path model = write(TestNetworks.manyToOne(), Attachments.none().with(state));
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1;
    Files.write(model, bytes);
    CommandRun run = CommandRun.of("inspect", model);
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains(model + ": tensor m has the checksum"), run.err());
  }

  private static void assertShown(Path model, String... words) {
    CommandRun run = CommandRun.of("inspect", model);
    assertEquals(0, run.exitCode(), run.err());
    for (String word : words) {
      assertTrue(run.out().contains(word), word + " in " + run.out());
    }
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
    return write(builder, Attachments.none());
  }

  private Path write(Network.Builder builder, Attachments attachments) throws IOException {
    Path file = folder.resolve("model.l4j");
    try (Network network = TestNetworks.build(builder)) {
      ModelFile.write(network, attachments, file);
    }
    return file;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.LstmForm;
import org.lstm4j.engine.Network;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ImportOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExportCommandTest {
  private static final ActivationFunction SIGMOID = new ActivationFunction.Sigmoid();
  private static final ActivationFunction TANH = new ActivationFunction.Tanh();

  @TempDir private Path folder;
  private Path model;
  private Path state;

  @BeforeEach
  void name() {
    model = folder.resolve("model.l4j");
    state = folder.resolve("state.safetensors");
  }

  private CommandRun export(Network.Builder builder) throws IOException {
    return export(builder, Attachments.none());
  }

  private CommandRun export(Network.Builder builder, Attachments attachments) throws IOException {
    try (Network network = TestNetworks.build(builder)) {
      ModelFile.write(network, attachments, model);
    }
    return CommandRun.of("export", model, "-o", state);
  }

  @Test
  void theTensorsHavePyTorchsNamesAndShapesAndLieWithoutGaps() throws IOException {
    CommandRun run = export(TestNetworks.manyToMany());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("wrote " + state + ": 154 parameters, "), run.out());
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(state)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    assertEquals(0, length % 8, "the data is aligned");
    byte[] header = new byte[length];
    bytes.get(header);
    JsonNode json = JsonMapper.shared().readTree(new String(header, StandardCharsets.UTF_8));
    assertEquals(
        List.of(
            "__metadata__",
            "lstm.weight_ih_l0",
            "lstm.weight_hh_l0",
            "lstm.bias_ih_l0",
            "lstm.bias_hh_l0",
            "fc.weight",
            "fc.bias"),
        List.copyOf(json.propertyNames()));
    assertEquals(
        "{\"dtype\":\"F32\",\"shape\":[16,3],\"data_offsets\":[0,192]}",
        json.get("lstm.weight_ih_l0").toString());
    assertEquals(4 * 154, bytes.remaining());
  }

  static Stream<Network.Builder> networks() {
    return Stream.of(
        TestNetworks.manyToMany(),
        TestNetworks.manyToOne(),
        TestNetworks.tokens().batchFirst(true),
        TestNetworks.twoLstms(),
        TestNetworks.learnedInitialState(),
        TestNetworks.bidirectional().add(new Layer.LayerNorm("", 8, 0.1f, false, false)),
        TestNetworks.bidirectional()
            .add(new Layer.LayerNorm("norm", 8, 0, true, false), new Layer.ReadFinal(8)),
        TestNetworks.bidirectional().add(new Layer.DecayOverTime(8, 0.7f)),
        TestNetworks.bidirectional().add(new Layer.WeightsOverTime(8, List.of(0.1f, -2f))),
        TestNetworks.manyToMany().add(new Layer.Reverse(2)),
        TestNetworks.manyToMany()
            .add(new Layer.Activation(new ActivationFunction.HardSigmoid(1f / 6, 0.5f), 2)),
        Network.builder().add(new Layer.OneHot(3), Layer.Rnn.of("rnn", 3, 4)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aModelComesBackAsItWas(Network.Builder builder) throws IOException {
    assertEquals(0, export(builder).exitCode());
    Path again = folder.resolve("again.l4j");
    CommandRun convert = CommandRun.of("convert", state, "-o", again);
    assertEquals(0, convert.exitCode(), convert.err());
    assertFalse(convert.out().contains("assumed"), convert.out());
    try (Network before = ModelFile.open(model);
        Network after = ModelFile.open(again)) {
      assertEquals(before.layers(), after.layers());
      assertEquals(before.batchFirst(), after.batchFirst());
      before
          .parameters()
          .forEach(parameter ->
              assertArrayEquals(
                  before.parameter(parameter.name()).toArray(),
                  after.parameter(parameter.name()).toArray()));
      assertEquals(before.initialState().isPresent(), after.initialState().isPresent());
      before
          .initialState()
          .ifPresent(expected ->
              assertArrayEquals(expected.c("lstm"), after.initialState().get().c("lstm")));
    }
  }

  static Stream<Layer> layersThatPyTorchLacks() {
    LstmForm peepholes = new LstmForm(true, true, SIGMOID, TANH, TANH, 0);
    GruForm resetBefore = new GruForm(false, SIGMOID, TANH, 0);
    return Stream.of(
        new Layer.Lstm("rnn", 3, 4, 1, true, false, 0, false, peepholes),
        new Layer.Gru("rnn", 3, 4, 1, true, false, false, resetBefore),
        new Layer.Rnn("rnn", 3, 4, 1, true, false, false, SIGMOID));
  }

  @ParameterizedTest
  @MethodSource("layersThatPyTorchLacks")
  void whatPyTorchCannotComputeIsRefusedAndNothingWritten(Layer layer) throws IOException {
    CommandRun run = export(Network.builder().add(layer));
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().startsWith(model + ": 'rnn' is a"), run.err());
    assertTrue(run.sentence().contains("cannot compute that"), run.err());
    assertFalse(Files.exists(state));
  }

  @Test
  void whatTheFileDoesNotHoldIsSaid() throws IOException {
    CommandRun run = export(TestNetworks.oneToMany());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("convert it with --one-to-many feedback:5"), run.err());
    Labels labels = new Labels(List.of("no", "yes"));
    run = export(TestNetworks.manyToOne(), Attachments.none().with(labels));
    assertTrue(run.err().contains("(labels) is not in " + state), run.err());
  }

  @Test
  void aCheckpointIsExportedAsItIsImported() throws IOException {
    Path checkpoint = Goldens.folder().resolve("cell-linear.pt");
    CommandRun run = CommandRun.of("export", checkpoint, "-o", state, "--read", "last");
    assertEquals(0, run.exitCode(), run.err());
    try (Network network = Checkpoints.importNetwork(state, ImportOptions.none()).network()) {
      assertTrue(network.readout().isPresent());
    }
  }

  @Test
  void theModelIsNotOverwritten() throws IOException {
    export(TestNetworks.manyToMany());
    CommandRun run = CommandRun.of("export", model, "-o", model);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("would be overwritten"), run.err());
  }
}

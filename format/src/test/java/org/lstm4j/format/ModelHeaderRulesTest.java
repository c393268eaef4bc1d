// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.format.v1.Activation;
import org.lstm4j.format.v1.Activation.Softmax;
import org.lstm4j.format.v1.Activation.Tanh;
import org.lstm4j.format.v1.AttentionOverTime;
import org.lstm4j.format.v1.DecayOverTime;
import org.lstm4j.format.v1.Gate;
import org.lstm4j.format.v1.Gru;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.LayerEntry;
import org.lstm4j.format.v1.LayerNorm;
import org.lstm4j.format.v1.Linear;
import org.lstm4j.format.v1.Lstm;
import org.lstm4j.format.v1.LstmForm;
import org.lstm4j.format.v1.OneHot;
import org.lstm4j.format.v1.OneToMany;
import org.lstm4j.format.v1.ReadFinal;
import org.lstm4j.format.v1.ReadLast;
import org.lstm4j.format.v1.Residual;
import org.lstm4j.format.v1.Rnn;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.WeightsOverTime;

/**
 * Headers that break one rule each, with their checksums right. They start from a network of an
 * Lstm(2, 3) named "lstm", layer 0, and a Linear(3, 1) named "fc", layer 1; its tensors 0 to 5 are
 * lstm.weight_ih_l0 (96 bytes), lstm.weight_hh_l0 (144), lstm.bias_ih_l0 (48), lstm.bias_hh_l0
 * (48), fc.weight (12) and fc.bias (4).
 */
class ModelHeaderRulesTest {
  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("model.l4j");
  }

  private HostileModel hostile() throws IOException {
    try (Network network = TestNetworks.small()) {
      return new HostileModel(network, path);
    }
  }

  private void assertRefused(String... words) {
    Refusals.assertRefused(path, words);
  }

  private static Arguments header(String expected, Consumer<Header.Builder> change) {
    return arguments(expected, change);
  }

  private static Arguments tensor(
      String expected, int index, Consumer<TensorEntry.Builder> change) {
    return header(expected, header -> change.accept(header.getTensorsBuilder(index)));
  }

  private static Arguments lstm(String expected, Consumer<Lstm.Builder> change) {
    return header(expected, header -> change.accept(header.getLayersBuilder(0).getLstmBuilder()));
  }

  private static Arguments layer(String expected, LayerEntry.Builder layer) {
    return header(expected, header -> header.setLayers(1, layer));
  }

  static Stream<Arguments> brokenVersionsAndConventions() {
    return Stream.of(
        header(
            "needs a reader of format version 4",
            h -> h.setFormatVersion(4).setMinimumReaderVersion(4)),
        header(
            "its contents need a reader of format version 2, but it asks for version 1",
            h -> h.getLayersBuilder(0).getLstmBuilder().setForm(form())),
        header("version 4294967295", h -> h.setFormatVersion(-1).setMinimumReaderVersion(-1)),
        header("does not say its format version", Header.Builder::clearFormatVersion),
        header("does not say its format version", Header.Builder::clearMinimumReaderVersion),
        header(
            "format version 1 but asks for readers of version 2",
            h -> h.setMinimumReaderVersion(2)),
        header("gate order", Header.Builder::clearGateOrder),
        header("gate order", h -> h.setGateOrder(0, Gate.GATE_FORGET)),
        header("gate order", h -> h.setGateOrderValue(3, 99)),
        header("tensor layout", Header.Builder::clearTensorLayout),
        header("tensor layout", h -> h.setTensorLayoutValue(2)),
        header("mode of one_to_many", h -> h.setOneToMany(OneToMany.newBuilder().setSteps(1))),
        header(
            "one_to_many has 0 steps",
            h -> h.setOneToMany(OneToMany.newBuilder().setMode(OneToMany.Mode.MODE_REPEAT))));
  }

  static Stream<Arguments> brokenTensors() {
    return Stream.of(
        tensor("lstm.weight_ih_l0 has data type 2", 0, t -> t.setDataTypeValue(2)),
        tensor("lstm.weight_ih_l0 has data type 0", 0, TensorEntry.Builder::clearDataType),
        tensor("fc.bias has no checksum", 5, TensorEntry.Builder::clearCrc32C),
        tensor("fc.bias has the checksum", 5, t -> t.setCrc32C(~t.getCrc32C())),
        tensor("lstm.weight_ih_l0 has shape [12, 3], but 96 bytes", 0, t -> t.setShape(1, 3)),
        tensor(
            "lstm.weight_ih_l0 has shape [2, 12], but [12, 2]",
            0,
            t -> t.setShape(0, 2).setShape(1, 12)),
        tensor(
            "lstm.weight_ih_l0 has shape [24], but [12, 2]", 0, t -> t.clearShape().addShape(24)),
        tensor("dimension of 0", 0, t -> t.setShape(1, 0).setLength(0)),
        tensor("dimension of 18446744073709551615", 0, t -> t.setShape(0, -1)),
        tensor("dimension of 1099511627776", 0, t -> t.setShape(0, 1L << 40).setLength(1L << 43)),
        tensor("dimension of 1073741824", 0, t -> t.setShape(0, 1 << 30).setShape(1, 1 << 30)),
        tensor("instead of four for each element", 0, t -> t.setLength(-4)),
        tensor("fc.bias has 4 bytes at offset 18446744073709551552", 5, t -> t.setOffset(-64)),
        tensor("at offset 4611686018427387904", 5, t -> t.setOffset(1L << 62)),
        tensor("at offset 9223372036854775744", 5, t -> t.setOffset(Long.MAX_VALUE - 63)),
        tensor("at offset 64000, but the tensors end", 5, t -> t.setOffset(64000)),
        tensor("no multiple of 64", 1, t -> t.setOffset(t.getOffset() + 4)),
        tensor("overlap", 5, t -> t.setOffset(0)),
        tensor("belongs at 0", 0, t -> t.setOffset(64)),
        tensor("lstm.weight_hh_l0 appears twice", 2, t -> t.setName("lstm.weight_hh_l0")),
        tensor("lstm.weight_hh_l0 is missing", 1, t -> t.setName("lstm.weight_hh_l1")),
        tensor("fc.bias is missing", 5, t -> t.setName("fc.Bias")),
        header("the last of them ends at", h -> h.removeTensors(5)),
        header("is not needed by any layer", h -> h.removeLayers(1)),
        header("the last of them ends at 0", Header.Builder::clearTensors));
  }

  private static LstmForm.Builder form() {
    Activation tanh = Activation.newBuilder().setTanh(Tanh.getDefaultInstance()).build();
    return LstmForm.newBuilder()
        .setForgetGate(true)
        .setGate(tanh)
        .setCandidate(tanh)
        .setOutput(tanh);
  }

  private static Arguments form(String expected, Consumer<LstmForm.Builder> change) {
    return lstm(expected, lstm -> change.accept(lstm.setForm(form()).getFormBuilder()));
  }

  static Stream<Arguments> brokenForms() {
    Activation softmax = Activation.newBuilder().setSoftmax(Softmax.getDefaultInstance()).build();
    return Stream.of(
        form("gate is missing", LstmForm.Builder::clearGate),
        form("candidate is missing", LstmForm.Builder::clearCandidate),
        form("output is missing", LstmForm.Builder::clearOutput),
        form("activation function is unknown", f -> f.setGate(Activation.getDefaultInstance())),
        form("needs a function of one feature, not Softmax", f -> f.setOutput(softmax)),
        form("a clip is a positive number, or 0 for none, not NaN", f -> f.setClip(Float.NaN)),
        form("lstm.weight_peephole_l0 is missing", f -> f.setPeepholes(true)),
        form("lstm.weight_ih_l0 has shape [12, 2], but [9, 2]", f -> f.setForgetGate(false)),
        layer(
            "nonlinearity is missing",
            LayerEntry.newBuilder()
                .setRnn(Rnn.newBuilder().setInputSize(3).setHiddenSize(1).setNumLayers(1))),
        layer(
            "gru.weight_hh_l0 is missing",
            LayerEntry.newBuilder()
                .setGru(
                    Gru.newBuilder()
                        .setName("gru")
                        .setInputSize(3)
                        .setHiddenSize(1)
                        .setNumLayers(1 << 30))));
  }

  @ParameterizedTest
  @MethodSource("brokenForms")
  void aFormThatBreaksARuleIsRefused(String expected, Consumer<Header.Builder> change)
      throws IOException {
    hostile()
        .header(change.andThen(h -> h.setFormatVersion(2).setMinimumReaderVersion(2)))
        .writeTo(path);
    assertRefused(expected);
  }

  private static Residual residual(LayerEntry... layers) {
    return Residual.newBuilder().addAllLayers(List.of(layers)).build();
  }

  /** Layers that lie in each other. */
  private static LayerEntry.Builder nestedResidual(int depth) {
    LayerEntry entry = LayerEntry.getDefaultInstance();
    for (int i = 0; i < depth; i++) {
      entry = LayerEntry.newBuilder().setResidual(residual(entry)).build();
    }
    return entry.toBuilder();
  }

  static Stream<Arguments> brokenLayers() {
    LayerEntry.Builder none = LayerEntry.newBuilder();
    return Stream.of(
        layer("layer 1 is invalid: its kind is unknown", none),
        layer("classes is 0", none.clone().setOneHot(OneHot.getDefaultInstance())),
        layer(
            "activation function is unknown",
            none.clone().setActivation(Activation.newBuilder().setSize(3))),
        layer("size is 4294967295", none.clone().setReadLast(ReadLast.newBuilder().setSize(-1))),
        layer("even size", none.clone().setReadFinal(ReadFinal.newBuilder().setSize(3))),
        layer(
            "a decay factor lies in (0, 1], not NaN",
            none.clone()
                .setDecayOverTime(DecayOverTime.newBuilder().setSize(3).setFactor(Float.NaN))),
        layer(
            "at least one weight",
            none.clone().setWeightsOverTime(WeightsOverTime.newBuilder().setSize(3))),
        layer(
            "its attention has no score",
            none.clone().setAttentionOverTime(AttentionOverTime.newBuilder().setSize(3))),
        layer(
            "an attention score maps 3 features to 1",
            none.clone()
                .setAttentionOverTime(
                    AttentionOverTime.newBuilder()
                        .setSize(3)
                        .setScore(Linear.newBuilder().setInFeatures(3).setOutFeatures(2)))),
        layer(
            "eps must be a number from 0, not NaN",
            none.clone().setLayerNorm(LayerNorm.newBuilder().setSize(3).setEps(Float.NaN))),
        layer(
            "a LayerNorm without weight has no bias",
            none.clone().setLayerNorm(LayerNorm.newBuilder().setSize(3).setBias(true))),
        layer(
            "layer 1 is invalid: a Residual needs at least one layer",
            none.clone().setResidual(Residual.getDefaultInstance())),
        layer("its kind is unknown", none.clone().setResidual(residual(none.build()))),
        layer(
            "a Residual gives as many features as it takes, not 1 for 3",
            none.clone()
                .setResidual(
                    residual(
                        none.clone()
                            .setLinear(Linear.newBuilder().setInFeatures(3).setOutFeatures(1))
                            .build()))),
        layer("lie in each other more than 16 deep", nestedResidual(40)),
        layer(
            "fc2.weight is missing",
            none.clone()
                .setLinear(Linear.newBuilder().setName("fc2").setInFeatures(3).setOutFeatures(1))),
        lstm("lstm.weight_hh_l1 is missing", l -> l.setNumLayers(1 << 30)),
        lstm("lstm.weight_ih_l0 has shape [12, 2], but", l -> l.setHiddenSize(Integer.MAX_VALUE)),
        lstm("lstm.weight_ih_l0 has shape [12, 2], but", l -> l.setInputSize(Integer.MAX_VALUE)),
        lstm("lstm.weight_ih_l0_reverse is missing", l -> l.setBidirectional(true)),
        lstm("proj_size must be", l -> l.setProjSize(3)),
        lstm("an LSTMCell has one layer", l -> l.setCell(true).setNumLayers(2)),
        lstm("hidden_size is 0 or missing", Lstm.Builder::clearHiddenSize),
        header(
            "its contents need a reader of format version 2, but it asks for version 1",
            h -> h.setInitialState(true)),
        header(
            "tensor lstm.h0 is missing",
            h -> h.setFormatVersion(2).setMinimumReaderVersion(2).setInitialState(true)),
        header("lstm.weight_ih_l0 is not needed by any layer", Header.Builder::clearLayers),
        header("lstm.weight_hh_l0 is needed twice", h -> h.addLayers(h.getLayers(0))),
        header(
            "its layers make no network: layer 0 gives 1 features, but layer 1",
            h -> h.addLayers(h.getLayers(0)).removeLayers(0)));
  }

  @ParameterizedTest
  @MethodSource({"brokenVersionsAndConventions", "brokenTensors", "brokenLayers"})
  void aHeaderThatBreaksARuleIsRefused(String expected, Consumer<Header.Builder> change)
      throws IOException {
    hostile().header(change).writeTo(path);
    assertRefused(expected);
  }

  @Test
  void aSecondFormatInTheHeaderIsRefused() throws IOException {
    byte[] header = hostile().header().toByteArray();
    byte[] second = Header.newBuilder().setFormat("other").build().toByteArray();
    byte[] both = Arrays.copyOf(header, header.length + second.length);
    System.arraycopy(second, 0, both, header.length, second.length);
    HostileModel.write(path, both, new byte[0]);
    assertRefused("a second format, other");
  }

  @Test
  void aNetworkWithoutLayersIsRefused() throws IOException {
    hostile().header(header -> header.clearLayers().clearTensors()).weightsLength(0).writeTo(path);
    assertRefused("at least one layer");
  }

  @Test
  void aChangedWeightIsRefusedByTheNameOfItsTensor() throws IOException {
    hostile().weights(weights -> weights[10]++).writeTo(path);
    assertRefused("tensor lstm.weight_ih_l0 has the checksum");
  }

  @Test
  void weightsThatBelongToNoTensorAreRefused() throws IOException {
    hostile().weightsLength(1000).writeTo(path);
    assertRefused("its tensors have 1000 bytes, but the last of them ends at 516");
  }

  @Test
  void whatStandsBetweenTensorsMustBeZero() throws IOException {
    hostile().weights(weights -> weights[96] = 1).writeTo(path);
    assertRefused("gap after tensor lstm.weight_ih_l0");
  }
}

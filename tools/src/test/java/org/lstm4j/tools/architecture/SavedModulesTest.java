// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.CheckpointBuilder;
import org.lstm4j.tools.Goldens;
import org.lstm4j.tools.SavedModule;
import org.lstm4j.tools.checkpoint.Refusal;

/** What modules that were saved as objects say beyond names and shapes. */
class SavedModulesTest {
  private static final Layer.Gru GRU = Layer.Gru.of("gru", 4, 9);
  private static final Layer.Linear FC = new Layer.Linear("fc", 9, 3, true);
  private static final ActivationFunction RELU = new ActivationFunction.Relu();

  private static SavedModule module(
      String path, String type, Map<String, Object> attributes, SavedModule... children) {
    String full =
        type.contains(".") && !type.startsWith("app.") ? "torch.nn.modules." + type : type;
    return new SavedModule("", path, full, attributes, List.of(children));
  }

  private static SavedModule module(String path, String type, SavedModule... children) {
    return module(path, type, Map.of(), children);
  }

  private static SavedModule gru() {
    return module("gru", "rnn.GRU", Map.of("batch_first", true));
  }

  private static SavedModule fc() {
    return module("fc", "linear.Linear");
  }

  /** A network of a GRU and what follows; its tensors are those of {@code gru} and {@code fc}. */
  private static CheckpointBuilder network(SavedModule... modules) {
    return CheckpointBuilder.torch().layer(GRU).layer(FC).module(module("", "app.Net", modules));
  }

  private static Blueprint infer(CheckpointBuilder checkpoint, String... options) {
    return Architecture.infer(checkpoint.build(), Goldens.importOptions(List.of(options)));
  }

  private static List<Layer> layers(CheckpointBuilder checkpoint, String... options) {
    return infer(checkpoint, options).layers();
  }

  private static String assumptions(CheckpointBuilder checkpoint, String... options) {
    return infer(checkpoint, options).assumptions().stream()
        .map(Assumption::toString)
        .collect(Collectors.joining("\n"));
  }

  private static void assertRefused(String words, CheckpointBuilder checkpoint, String... options) {
    String sentence = assertThrows(Refusal.class, () -> infer(checkpoint, options)).getMessage();
    Arrays.stream(words.split("\\|"))
        .forEach(word -> assertTrue(sentence.contains(word), sentence + "\nshould name " + word));
  }

  static Stream<Arguments> functions() {
    return Stream.of(
        Arguments.of("Sigmoid", Map.of(), new ActivationFunction.Sigmoid()),
        Arguments.of("Tanh", Map.of(), new ActivationFunction.Tanh()),
        Arguments.of("ReLU", Map.of("inplace", true), RELU),
        Arguments.of(
            "LeakyReLU", Map.of("negative_slope", 0.2), new ActivationFunction.LeakyRelu(0.2f)),
        Arguments.of("ELU", Map.of("alpha", 0.5), new ActivationFunction.Elu(0.5f)),
        Arguments.of("GELU", Map.of("approximate", "none"), new ActivationFunction.Gelu(false)),
        Arguments.of("GELU", Map.of("approximate", "tanh"), new ActivationFunction.Gelu(true)),
        Arguments.of("SiLU", Map.of(), new ActivationFunction.Silu()),
        Arguments.of(
            "Softplus", Map.of("beta", 2L, "threshold", 5L), new ActivationFunction.Softplus(2, 5)),
        Arguments.of("Hardsigmoid", Map.of(), new ActivationFunction.HardSigmoid(1 / 6f, 0.5f)),
        Arguments.of("Softmax", Map.of("dim", -1L), new ActivationFunction.Softmax()),
        Arguments.of("LogSoftmax", Map.of("dim", 2L), new ActivationFunction.LogSoftmax()));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aModuleIsItsFunction(
      String type, Map<String, Object> attributes, ActivationFunction function) {
    CheckpointBuilder net = network(gru(), fc(), module("act", "activation." + type, attributes));
    assertEquals(List.of(GRU, FC, new Layer.Activation(function, 3)), layers(net));
  }

  @Test
  void theOrderOfDefinitionIsAssumedAndCanBeChanged() {
    CheckpointBuilder net = network(gru(), fc(), module("act", "activation.ReLU"));
    assertTrue(assumptions(net).contains("'act' (ReLU) is applied after 'fc'"), assumptions(net));
    assertEquals(
        List.of(GRU, new Layer.Activation(RELU, 9), FC),
        layers(net, "--activation", "fc=none", "--activation", "gru=relu"));
  }

  @Test
  void theOrderOfASequentialIsCertain() {
    SavedModule head =
        module(
            "head",
            "container.Sequential",
            module("head.0", "linear.Linear"),
            module("head.1", "dropout.Dropout"),
            module("head.2", "activation.ReLU"));
    CheckpointBuilder net =
        CheckpointBuilder.torch()
            .layer(GRU)
            .linear("head.0", 9, 3)
            .module(module("", "app.Net", gru(), head));
    assertEquals(new Layer.Activation(RELU, 3), layers(net).getLast());
    assertFalse(assumptions(net).contains("--activation"), assumptions(net));
  }

  @ParameterizedTest
  @CsvSource({
    "dropout.Dropout",
    "dropout.Dropout1d",
    "linear.Identity",
    "flatten.Flatten",
    "loss.MSELoss"
  })
  void whatDoesNothingOutsideTrainingIsLeftOut(String type) {
    assertEquals(List.of(GRU, FC), layers(network(gru(), module("x", type), fc())));
  }

  private static SavedModule norm(Map<String, Object> attributes) {
    return module("norm", "normalization.LayerNorm", attributes);
  }

  @Test
  void aLayerNormSaysItsEps() {
    SavedModule norm = norm(Map.of("eps", 1e-3, "normalized_shape", List.of(9L)));
    CheckpointBuilder net =
        CheckpointBuilder.torch()
            .layer(GRU)
            .layer(Layer.LayerNorm.of("norm", 9))
            .module(module("", "app.Net", gru(), norm));
    assertEquals(List.of(GRU, new Layer.LayerNorm("norm", 9, 1e-3f, true, true)), layers(net));
    assertFalse(assumptions(net).contains("--eps"));
    assertEquals(0.5f, ((Layer.LayerNorm) layers(net, "--eps", "0.5").getLast()).eps());
  }

  @Test
  void aLayerNormNeedsNoWeights() {
    SavedModule norm = norm(Map.of("eps", 1e-3, "normalized_shape", List.of(9L)));
    assertEquals(
        List.of(GRU, new Layer.LayerNorm("norm", 9, 1e-3f, false, false), FC),
        layers(network(gru(), norm, fc())));
    assertRefused("norm (LayerNorm)|size", network(gru(), norm(Map.of()), fc()));
  }

  @Test
  void aLayerNormMayHaveNoBias() {
    SavedModule norm = norm(Map.of("eps", 1e-3, "normalized_shape", List.of(3L)));
    assertEquals(
        new Layer.LayerNorm("norm", 3, 1e-3f, true, false),
        layers(network(gru(), fc(), norm).tensor("norm.weight", 3)).getLast());
  }

  @Test
  void aLayerNormOfSeveralDimensionsIsRefused() {
    SavedModule norm = norm(Map.of("eps", 1e-3, "normalized_shape", List.of(5L, 9L)));
    assertRefused("norm (LayerNorm)", network(gru(), norm, fc()));
  }

  @Test
  void theSkipOfAKnownClassIsAResidual() {
    CheckpointBuilder guitar =
        CheckpointBuilder.torch()
            .lstm("rec", 1, 9)
            .linear("lin", 9, 1)
            .module(module("", "SimpleRNN", Map.of("skip", 1L)));
    Layer.Residual all =
        new Layer.Residual(
            List.of(Layer.Lstm.of("rec", 1, 9), new Layer.Linear("lin", 9, 1, true)));
    assertEquals(List.of(all), layers(guitar));
    assertTrue(assumptions(guitar).contains("--residual none"), assumptions(guitar));
    assertEquals(all.layers(), layers(guitar, "--residual", "none"));
  }

  @Test
  void aSkipOfSomeFeaturesIsRefused() {
    CheckpointBuilder guitar =
        CheckpointBuilder.torch()
            .lstm("rec", 2, 9)
            .linear("lin", 9, 1)
            .module(module("", "SimpleRNN", Map.of("skip", 1L)));
    assertRefused("1 of its 2 input features|--residual none", guitar);
    assertEquals(2, layers(guitar, "--residual", "none").size());
  }

  @Test
  void theBatchComesFirstIfTheRecurrentModulesSaySo() {
    CheckpointBuilder first = network(gru(), fc());
    assertTrue(infer(first).batchFirst());
    assertFalse(assumptions(first).contains("--batch-first"));
    CheckpointBuilder second =
        network(module("gru", "rnn.GRU", Map.of("batch_first", false)), fc());
    assertFalse(infer(second).batchFirst());
    assertFalse(assumptions(second).contains("--batch-first"));
    assertTrue(infer(second, "--batch-first").batchFirst());
    assertTrue(assumptions(network(module("gru", "rnn.GRU"), fc())).contains("--batch-first"));
  }

  @ParameterizedTest
  @CsvSource({"nonlinearity, relu", "mode, RNN_RELU"})
  void anRnnSaysWhatItApplies(String attribute, String value) {
    Layer.Rnn relu = new Layer.Rnn("rnn", 4, 9, 1, true, false, false, RELU);
    CheckpointBuilder net =
        CheckpointBuilder.torch()
            .layer(relu)
            .module(module("", "app.Net", module("rnn", "rnn.RNN", Map.of(attribute, value))));
    assertEquals(List.of(relu), layers(net));
    assertFalse(assumptions(net).contains("--nonlinearity"));
    assertEquals(List.of(Layer.Rnn.of("rnn", 4, 9)), layers(net, "--nonlinearity", "tanh"));
  }

  @Test
  void aMatrixIsWhatItsClassSays() {
    CheckpointBuilder net =
        CheckpointBuilder.torch()
            .matrix("in", 4, 4)
            .layer(GRU)
            .module(module("", "app.Net", module("in", "linear.Linear"), gru()));
    assertEquals(List.of(new Layer.Linear("in", 4, 4, false), GRU), layers(net));
    assertFalse(assumptions(net).contains("--layers"));
    assertRefused("'in'|--layers", net, "--layers", "in=embedding");
  }

  @Test
  void aClassOfItsOwnWithTheTensorsOfALayerIsTakenForIt() {
    CheckpointBuilder net = network(module("gru", "app.FastGru"), fc());
    assertEquals(List.of(GRU, FC), layers(net));
    assertTrue(assumptions(net).contains("'gru' of class app.FastGru"), assumptions(net));
  }

  @Test
  void modulesThatNoLayerIsLikeAreRefusedWithAList() {
    CheckpointBuilder net =
        network(
                module("conv", "conv.Conv1d"),
                gru(),
                module("attn", "activation.MultiheadAttention"),
                module("scale", "app.Scale"),
                module("swish", "app.Swish"),
                fc())
            .tensor("conv.weight", 4, 4, 3)
            .tensor("attn.in_proj_weight", 27, 9)
            .tensor("scale.gain", 3);
    assertRefused(
        "conv (Conv1d), attn (MultiheadAttention), scale (Scale), swish (Swish)|--select gru", net);
    assertEquals(List.of(Layer.Gru.of("", 4, 9)), layers(net, "--select", "gru"));
  }

  @ParameterizedTest
  @CsvSource({"PReLU6", "Hardtanh", "LeakyReLU", "Softmax"})
  void aFunctionThatIsNotKnownIsForTheUserToSay(String type) {
    CheckpointBuilder net = network(gru(), fc(), module("act", "activation." + type));
    assertRefused("act (" + type + ")|--activation fc=NAME", net);
    assertEquals(new Layer.Activation(RELU, 3), layers(net, "--activation", "fc=relu").getLast());
  }

  @ParameterizedTest
  @CsvSource({"1, all", "0, all", "2, last", "0, last"})
  void aSoftmaxOverTimeOrBatchIsNotOneOverFeatures(long dim, String read) {
    CheckpointBuilder net =
        network(gru(), fc(), module("act", "activation.Softmax", Map.of("dim", dim)));
    assertRefused("act (Softmax)", net, "--read", read);
  }

  @Test
  void aFunctionThatIsDefinedFirstIsForTheUserToPlace() {
    CheckpointBuilder net = network(module("act", "activation.ReLU"), gru(), fc());
    assertRefused("act (ReLU)|--activation", net);
    assertEquals(
        List.of(GRU, FC, new Layer.Activation(RELU, 3)), layers(net, "--activation", "fc=relu"));
    assertTrue(assumptions(net, "--activation", "fc=relu").contains("'act' (ReLU)"));
  }

  @Test
  void modulesBelowAWrapperOrADictAreFound() {
    SavedModule inner =
        new SavedModule(
            "net",
            "module",
            "app.Net",
            Map.of(),
            List.of(
                new SavedModule(
                    "net", "module.gru", "torch.nn.modules.rnn.GRU", Map.of(), List.of()),
                new SavedModule(
                    "net", "module.act", "torch.nn.modules.activation.ReLU", Map.of(), List.of())));
    SavedModule wrapper = new SavedModule("net", "", "app.DataParallel", Map.of(), List.of(inner));
    CheckpointBuilder net =
        CheckpointBuilder.torch().in("net").layer(Layer.Gru.of("module.gru", 4, 9)).module(wrapper);
    assertEquals(List.of(GRU, new Layer.Activation(RELU, 9)), layers(net));
    assertEquals(List.of(Layer.Gru.of("", 4, 9)), layers(net, "--select", "net.module.gru"));
  }
}

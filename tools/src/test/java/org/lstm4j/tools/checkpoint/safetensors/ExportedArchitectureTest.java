// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.CheckpointBuilder;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.StoredTensor;

/** What lstm4j_export.py says is what the network is. */
class ExportedArchitectureTest {
  private static final String LSTM =
      "{'kind': 'LSTM', 'name': 'rnn', 'input_size': 2, 'hidden_size': 3, 'bias': true,"
          + " 'num_layers': 1, 'bidirectional': false, 'proj_size': 0}";

  private static Checkpoint checkpoint(String json, List<StoredTensor> tensors) {
    return new Checkpoint(
        Path.of("model.safetensors"),
        ContainerKind.SAFETENSORS,
        tensors,
        List.of(),
        Optional.of(new ExportedArchitecture(json.replace('\'', '"'), tensors)),
        List.of());
  }

  private static List<StoredTensor> tensors() {
    return CheckpointBuilder.safetensors().lstm("rnn", 2, 3).build().tensors();
  }

  private static String network(String... layers) {
    return "{'version': 1, 'batch_first': true, 'layers': [%s]}"
        .formatted(String.join(", ", layers));
  }

  private static List<Layer> layers(String... layers) {
    return blueprint(network(layers), tensors()).layers();
  }

  private static Blueprint blueprint(String json, List<StoredTensor> tensors) {
    return checkpoint(json, tensors).architecture().orElseThrow().blueprint(ImportOptions.none());
  }

  @Test
  void theLayersAreThoseOfTheText() {
    assertEquals(List.of(Layer.Lstm.of("rnn", 2, 3)), layers(LSTM));
  }

  @Test
  void theLayoutIsThatOfTheText() {
    Checkpoint checkpoint = checkpoint(network(LSTM), tensors());
    assertTrue(
        checkpoint.architecture().orElseThrow().blueprint(ImportOptions.none()).batchFirst());
  }

  static Stream<Arguments> functions() {
    return Stream.of(
        Arguments.of("'ReLU'", new ActivationFunction.Relu()),
        Arguments.of("'Tanh'", new ActivationFunction.Tanh()),
        Arguments.of("'Sigmoid'", new ActivationFunction.Sigmoid()),
        Arguments.of("'LeakyReLU', 'negative_slope': 0.5", new ActivationFunction.LeakyRelu(0.5f)),
        Arguments.of("'ELU', 'alpha': 2.0", new ActivationFunction.Elu(2)),
        Arguments.of("'GELU', 'approximate': 'none'", new ActivationFunction.Gelu(false)),
        Arguments.of("'GELU', 'approximate': 'tanh'", new ActivationFunction.Gelu(true)),
        Arguments.of("'SiLU'", new ActivationFunction.Silu()),
        Arguments.of(
            "'Softplus', 'beta': 2, 'threshold': 5", new ActivationFunction.Softplus(2, 5)),
        Arguments.of("'Softmax'", new ActivationFunction.Softmax()),
        Arguments.of("'LogSoftmax'", new ActivationFunction.LogSoftmax()));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void functionsHaveTheirNumbers(String kind, ActivationFunction function) {
    assertEquals(
        new Layer.Activation(function, 3), layers(LSTM, "{'kind': %s}".formatted(kind)).getLast());
  }

  private static final String SCORE =
      "{'kind': 'Linear', 'name': 'v', 'in_features': 3, 'out_features': 1, 'bias': false}";

  private static String residual(String layers) {
    return "{'kind': 'Residual', 'layers': [%s]}".formatted(layers);
  }

  @Test
  void residualsLieInOneAnother() {
    String relu = "{'kind': 'ReLU'}";
    Layer.Activation function = new Layer.Activation(new ActivationFunction.Relu(), 3);
    assertEquals(
        new Layer.Residual(List.of(function, new Layer.Residual(List.of(function)))),
        layers(LSTM, residual(relu + ", " + residual(relu))).getLast());
  }

  @Test
  void residualsThatLieTooDeepAreRefused() {
    String layer = "{'kind': 'ReLU'}";
    for (int depth = 0; depth < 20; depth++) {
      layer = residual(layer);
    }
    refused(checkpoint(network(LSTM, layer), tensors()), ImportOptions.none(), "not the JSON");
  }

  @Test
  void attentionHasAScore() {
    List<StoredTensor> more =
        CheckpointBuilder.safetensors().lstm("rnn", 2, 3).matrix("v", 1, 3).build().tensors();
    String attention = "{'kind': 'Attention', 'hidden': null, 'score': %s}".formatted(SCORE);
    assertEquals(
        new Layer.AttentionOverTime(3, null, new Layer.Linear("v", 3, 1, false)),
        blueprint(network(LSTM, attention), more).layers().getLast());
  }

  @Test
  void aLearnedInitialStateIsBesideTheWeights() {
    String starting = LSTM.replace("}", ", 'initial_state': true}");
    CheckpointBuilder tensors =
        CheckpointBuilder.safetensors().lstm("rnn", 2, 3).tensor("rnn.h0", 1, 3);
    refused(
        checkpoint(network(starting), tensors.build().tensors()),
        ImportOptions.none(),
        "lacks the tensor rnn.c0 [1, 3]");
    List<StoredTensor> both = tensors.tensor("rnn.c0", 1, 3).build().tensors();
    assertEquals(
        List.of("rnn"), blueprint(network(starting), both).initialState().orElseThrow().layers());
    refused(checkpoint(network(LSTM), both), ImportOptions.none(), "none of the layers");
  }

  static Stream<Arguments> reads() {
    return Stream.of(
        Arguments.of("last", new Layer.ReadLast(3)),
        Arguments.of("final", new Layer.ReadLast(3)),
        Arguments.of("max", new Layer.MaxOverTime(3)),
        Arguments.of("mean", new Layer.MeanOverTime(3)));
  }

  @ParameterizedTest
  @MethodSource("reads")
  void readsOverTimeAreLayers(String what, Layer layer) {
    assertEquals(layer, layers(LSTM, "{'kind': 'Read', 'what': '%s'}".formatted(what)).getLast());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`{'version': 2, 'layers': []}`,another version",
        "`{'version': 1, 'layers': []}`,none of the layers",
        "`{'version': 1`,not the JSON",
        "`{'version': 1, 'layers': [[[[[1]]]]]}`,without kind",
        "`{'version': 1, 'layers': [3]}`,without kind",
        "`{'version': 1, 'layers': [{'kind': 'ReLU'}]}`,begins without",
        "`{'version': 1, 'layers': [{'kind': 'Conv1d'}]}`,of the kind 'Conv1d'",
        "`{'version': 1, 'layers': [{'kind': 'LSTM', 'name': 'rnn'}]}`,without num_layers",
        "`{'version': 1, 'layers': [{'kind': 'OneHot', 'classes': -1}]}`,no size",
        "`{'version': 1, 'layers': [{'kind': 'OneHot', 'classes': '7'}]}`,no size"
      })
  void textsThatDeclareNoNetworkAreRefused(String json, String expected) {
    refused(checkpoint(json, tensors()), ImportOptions.none(), expected);
  }

  @Test
  void kindsOfAnotherVersionAreNamed() {
    refused(
        checkpoint(network(LSTM, "{'kind': 'Conv1d'}"), tensors()),
        ImportOptions.none(),
        "'Conv1d'");
  }

  @Test
  void tensorsThatNoLayerHasAreRefused() {
    List<StoredTensor> more =
        CheckpointBuilder.safetensors().lstm("rnn", 2, 3).matrix("fc", 2, 3).build().tensors();
    refused(checkpoint(network(LSTM), more), ImportOptions.none(), "fc.weight");
  }

  @Test
  void tensorsThatAreMissingAreNamed() {
    refused(
        checkpoint(network(LSTM), tensors().subList(1, 4)),
        ImportOptions.none(),
        "lacks the tensor rnn.weight_ih_l0 [12, 2]");
  }

  @Test
  void tensorsOfOtherShapesAreNamed() {
    refused(
        checkpoint(network(LSTM.replace("'input_size': 2", "'input_size': 4")), tensors()),
        ImportOptions.none(),
        "needs floating-point numbers of shape [12, 4]");
  }

  @Test
  void optionsThatTheFileAnswersAreRefused() {
    refused(
        checkpoint(network(LSTM), tensors()),
        ImportOptions.builder().batchFirst(true).order("rnn").build(),
        "--batch-first, --order has no effect");
    refused(
        checkpoint(network(LSTM), tensors()),
        ImportOptions.builder().select("rnn").build(),
        "--select has no effect");
  }

  private static void refused(Checkpoint checkpoint, ImportOptions options, String expected) {
    String sentence =
        assertThrows(
                ModelFormatException.class, () -> Checkpoints.importNetwork(checkpoint, options))
            .getMessage();
    assertTrue(sentence.startsWith("model.safetensors: "), sentence);
    assertTrue(sentence.contains(expected), sentence);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.SavedModule;
import org.lstm4j.tools.StoredTensor;

/** JSON text becomes tensors, and nothing else becomes anything. */
class JsonFileTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("model.json"), text);
  }

  private StoredTensor only(String text) throws IOException {
    List<StoredTensor> tensors = Checkpoints.read(file(text)).tensors();
    assertEquals(1, tensors.size());
    return tensors.getFirst();
  }

  private String refusal(String text) throws IOException {
    Path file = file(text);
    String sentence =
        assertThrows(
                ModelFormatException.class,
                () -> Checkpoints.importNetwork(file, ImportOptions.none()))
            .getMessage();
    assertTrue(sentence.startsWith(file + ": "), sentence);
    return sentence;
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"w\": [[1, 2, 3], [4, 5, 6]]}','2 3'",
    "'{\"w\": [1, 2, 3, 4, 5, 6]}','6'",
    "' \n{\"w\":[[[1],[2],[3]],[[4],[5],[6.0]]]}','2 3 1'",
    "'{\"a\": {\"b\": {\"w\": [[1, 2], [3, 4], [5, 6]]}}}','3 2'"
  })
  void nestedListsAreTensors(String text, String shape) throws IOException {
    StoredTensor tensor = only(text);
    long[] expected = List.of(shape.split(" ")).stream().mapToLong(Long::parseLong).toArray();
    assertEquals("w", tensor.name());
    assertArrayEquals(expected, tensor.shape());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, tensor.toTensor().toArray());
  }

  @Test
  void theClassAndTheSkipOfAKnownNetworkAreAModule() throws IOException {
    Checkpoint checkpoint =
        Checkpoints.read(
            file(
                "{\"model_data\": {\"model\": \"SimpleRNN\", \"skip\": 1}, \"state_dict\": {\"w\":"
                    + " [1]}}"));
    assertEquals(
        List.of(
            new SavedModule(
                "state_dict",
                "",
                "SimpleRNN",
                Map.of("model", "SimpleRNN", "skip", 1L),
                List.of())),
        checkpoint.modules());
    assertEquals(
        List.of("left aside, being no tensors: model_data.model = SimpleRNN"), checkpoint.notes());
  }

  @Test
  void whatPythonWritesForNumbersIsRead() throws IOException {
    float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-7f};
    assertArrayEquals(
        values, only("{\"w\": [NaN, Infinity, -Infinity, 1e-07]}").toTensor().toArray());
  }

  @Test
  void anEmptyListIsAnEmptyTensor() throws IOException {
    assertArrayEquals(new long[] {2, 0}, only("{\"w\": [[], []]}").shape());
  }

  @Test
  void plainValuesAreLeftAsideAndTold() throws IOException {
    Checkpoint checkpoint =
        Checkpoints.read(file("{\"model_data\": {\"skip\": 1, \"type\": \"x\"}, \"w\": [1]}"));
    assertEquals(
        List.of("left aside, being no tensors: model_data.skip = 1, model_data.type = x"),
        checkpoint.notes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"w\": [1, [2]]}",
        "{\"w\": [[2], 1]}",
        "{\"w\": [[1, 2], [3]]}",
        "{\"w\": [[], [3]]}",
        "{\"w\": [[[]], [3]]}"
      })
  void raggedListsAreRefused(String text) throws IOException {
    assertTrue(refusal(text).contains("different lengths or depths in 'w'"));
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"w\": [\"1\"]}',something else than numbers",
    "'{\"w\": [{}]}',something else than numbers",
    "'{\"w\": [null]}',something else than numbers",
    "'{\"w\": [1e39]}',beyond the range of float32",
    "'{\"w\": [[[[[[[[[1]]]]]]]]]}',8 dimensions",
    "'{\"w\": [1], \"w\": [1]}',not valid JSON",
    "'{\"w\": [1',not valid JSON",
    "'{\"w\": [1]} {}',goes on",
    "'{\"w\": [1]} x',not valid JSON",
    "'{}',holds no tensors"
  })
  void whatIsNoStateDictIsRefused(String text, String expected) throws IOException {
    String sentence = refusal(text);
    assertTrue(sentence.contains(expected), sentence);
  }

  @Test
  void deepNestingIsRefusedSoon() throws IOException {
    assertTrue(refusal("{\"a\":".repeat(100_000)).contains("deeper than"));
  }

  @Test
  void moreListsThanANetworkHasAreRefused() throws IOException {
    String lists =
        IntStream.rangeClosed(0, 10_000)
            .mapToObj(i -> "\"w%d\": [1]".formatted(i))
            .collect(Collectors.joining(",", "{", "}"));
    assertTrue(refusal(lists).contains("more than 10000 lists"));
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws IOException {
    Path file = folder.resolve("model.json");
    Files.write(file, "{\"\u00e4\": [1]}".getBytes(StandardCharsets.ISO_8859_1));
    String sentence =
        assertThrows(ModelFormatException.class, () -> Checkpoints.read(file)).getMessage();
    assertTrue(sentence.contains("not UTF-8"), sentence);
  }

  // Keras

  private static String keras(String... layers) {
    return "{\"in_shape\": [null, null, 1], \"layers\": [" + String.join(", ", layers) + "]}";
  }

  private static String layer(String type, String activation, String weights) {
    return "{\"weights\": %s, \"type\": \"%s\", \"activation\": \"%s\", \"shape\": [null, null, 1]}"
        .formatted(weights, type, activation);
  }

  private static final String LSTM =
      layer("lstm", "tanh", "[[[1, 2, 3, 4]], [[5, 6, 7, 8]], [1, 2, 3, 4]]");

  private static List<Layer> layers(Path file) throws IOException {
    try (var network = Checkpoints.importNetwork(file, ImportOptions.none()).network()) {
      return network.layers();
    }
  }

  @Test
  void kerasLayersDeclareTheNetwork() throws IOException {
    Path file =
        file(
            keras(
                LSTM,
                layer("dense", "relu", "[[[1, 2]], [3, 4]]"),
                layer("activation", "softmax", "[]")));
    assertEquals(ContainerKind.RTNEURAL, Checkpoints.read(file).container());
    assertEquals(
        List.of(
            Layer.Lstm.of("layers.0", 1, 1),
            new Layer.Linear("layers.1", 1, 2, true),
            new Layer.Activation(new ActivationFunction.Relu(), 2),
            new Layer.Activation(new ActivationFunction.Softmax(), 2)),
        layers(file));
  }

  @Test
  void aLayerWithoutTimeStepsReadsTheLast() throws IOException {
    Path file = file(keras(LSTM.replace("null, null", "null")));
    assertEquals(List.of(Layer.Lstm.of("layers.0", 1, 1), new Layer.ReadLast(1)), layers(file));
  }

  @ParameterizedTest
  @CsvSource({
    "conv1d,'',[],conv1d",
    "lstm,relu,'[[[1, 2, 3, 4]], [[5, 6, 7, 8]]]',relu",
    "lstm,tanh,'[[[1, 2, 3, 4]]]',1 weights",
    "lstm,tanh,'[[[1, 2, 3]], [[5, 6, 7, 8]]]','[1, 4]'",
    "lstm,tanh,'[[[1, 2, 3, 4]], [[5, 6, 7, 8]], [1]]','[4]'",
    "lstm,tanh,'[[1, 2, 3, 4], [[5, 6, 7, 8]]]',needs a matrix",
    "dense,swish,'[[[1]]]',swish",
    "dense,'','[[[1]], [1, 2]]','[1]'",
    "dense,'','[[[1]], 2]',no list in layers.0.weights.1",
    "activation,tanh,'[]',before any weights",
    "'',tanh,'[]',does not have"
  })
  void layersThatAreNotKnownOrDoNotFitAreRefused(
      String type, String activation, String weights, String expected) throws IOException {
    String sentence = refusal(keras(layer(type, activation, weights)));
    assertTrue(sentence.contains(expected), sentence);
  }

  @Test
  void layersThatAreNoObjectsAreRefused() throws IOException {
    assertTrue(refusal(keras("3")).contains("layers.0"));
  }

  @Test
  void anOptionThatTheFileAnswersIsRefused() throws IOException {
    Path file = file(keras(LSTM));
    ImportOptions options = ImportOptions.builder().read("last").build();
    String sentence =
        assertThrows(ModelFormatException.class, () -> Checkpoints.importNetwork(file, options))
            .getMessage();
    assertTrue(sentence.contains("--read has no effect"), sentence);
  }
}

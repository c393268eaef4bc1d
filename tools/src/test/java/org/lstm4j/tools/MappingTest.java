// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.format.ModelFormatException;

/** Tensors of an LSTM written by hand end up where those of nn.LSTM are. */
class MappingTest {
  private static final int IN = 3;
  private static final int HIDDEN = 2;
  private static final List<String> GATES = List.of("i", "f", "g", "o");

  @TempDir private Path folder;

  private Mapping mapping(String text) throws IOException {
    return Mapping.read(Files.writeString(folder.resolve("mapping.json"), text));
  }

  /** The weight from an input to an output of a gate; inputs beyond those of x are of h. */
  private static float weight(int gate, int input, int output) {
    return 100 * gate + 10 * input + output;
  }

  private static StoredTensor tensor(String name, float[] values, long... shape) {
    return new StoredTensor("", name, DType.FLOAT32, shape, MemorySegment.ofArray(values));
  }

  private static StoredTensor matrix(String name, int gate, int[] inputs, boolean hiddenFirst) {
    float[] values = new float[inputs.length * HIDDEN];
    for (int k = 0; k < inputs.length; k++) {
      for (int j = 0; j < HIDDEN; j++) {
        int place = hiddenFirst ? j * inputs.length + k : k * HIDDEN + j;
        values[place] = weight(gate, inputs[k], j);
      }
    }
    return hiddenFirst
        ? tensor(name, values, HIDDEN, inputs.length)
        : tensor(name, values, inputs.length, HIDDEN);
  }

  @ParameterizedTest
  @CsvSource({
    "'in,hidden',,0 1 2,3 4",
    "'hidden,in',,0 1 2,3 4",
    "'in,hidden','x,h',0 1 2 3 4,",
    "'in,hidden','h,x',3 4 0 1 2,",
    "'hidden,in','x,h',0 1 2 3 4,",
    "'hidden, in','h, x',3 4 0 1 2,"
  })
  void everyLayoutBecomesThatOfPyTorch(
      String orientation, String concatenated, String first, String second) throws IOException {
    boolean hiddenFirst = orientation.startsWith("hidden");
    List<StoredTensor> tensors = new ArrayList<>();
    List<String> gates = new ArrayList<>();
    for (int gate = 0; gate < 4; gate++) {
      tensors.add(matrix("A" + gate, gate, inputs(first), hiddenFirst));
      if (second == null) {
        gates.add("\"%s\": {\"xh\": \"A%d\"}".formatted(GATES.get(gate), gate));
      } else {
        tensors.add(matrix("B" + gate, gate, inputs(second), hiddenFirst));
        gates.add(
            "\"%s\": {\"x\": \"A%d\", \"h\": \"B%d\"}".formatted(GATES.get(gate), gate, gate));
      }
    }
    String joined = concatenated == null ? "" : "\"concatenated\": \"%s\",".formatted(concatenated);
    Mapping mapping =
        mapping(
            "{\"lstm\": [{\"name\": \"rnn\", \"orientation\": \"%s\", %s \"gates\": {%s}}]}"
                .formatted(orientation, joined, String.join(", ", gates)));
    List<StoredTensor> mapped = apply(mapping, tensors);
    assertEquals(
        List.of("rnn.weight_ih_l0", "rnn.weight_hh_l0"),
        mapped.stream().map(StoredTensor::name).toList());
    assertArrayEquals(expected(0, IN), mapped.get(0).toTensor().toArray());
    assertArrayEquals(expected(IN, HIDDEN), mapped.get(1).toTensor().toArray());
  }

  private static int[] inputs(String text) {
    return Stream.of(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  private static float[] expected(int begin, int count) {
    float[] values = new float[4 * HIDDEN * count];
    for (int row = 0; row < 4 * HIDDEN; row++) {
      for (int k = 0; k < count; k++) {
        values[row * count + k] = weight(row / HIDDEN, begin + k, row % HIDDEN);
      }
    }
    return values;
  }

  private static List<StoredTensor> apply(Mapping mapping, List<StoredTensor> tensors) {
    return mapping
        .apply(
            new Checkpoint(Path.of("model.npz"), ContainerKind.NPZ, tensors, List.of(), List.of()))
        .tensors();
  }

  private static String lstm(String gate) {
    return "{\"lstm\": [{\"name\": \"rnn\", \"orientation\": \"in,hidden\", \"gates\": {%s}}]}"
        .formatted(
            String.join(
                ", ", GATES.stream().map(name -> "\"%s\": %s".formatted(name, gate)).toList()));
  }

  private static List<StoredTensor> oneForAllGates() {
    List<StoredTensor> tensors = new ArrayList<>();
    tensors.add(tensor("first", new float[1], 1));
    tensors.add(tensor("W", new float[IN * HIDDEN], IN, HIDDEN));
    tensors.add(tensor("U", new float[HIDDEN * HIDDEN], HIDDEN, HIDDEN));
    tensors.add(tensor("b", new float[] {1, 2}, 1, HIDDEN));
    tensors.add(tensor("c", new float[] {3, 4}, HIDDEN));
    tensors.add(tensor("last", new float[1], 1));
    return tensors;
  }

  @Test
  void oneBiasIsCompletedByZeros() throws IOException {
    List<StoredTensor> mapped =
        apply(mapping(lstm("{\"x\": \"W\", \"h\": \"U\", \"b\": \"b\"}")), oneForAllGates());
    assertArrayEquals(new float[] {1, 2, 1, 2, 1, 2, 1, 2}, values(mapped, "rnn.bias_ih_l0"));
    assertArrayEquals(new float[8], values(mapped, "rnn.bias_hh_l0"));
  }

  @Test
  void twoBiasesStayTwo() throws IOException {
    List<StoredTensor> mapped =
        apply(
            mapping(lstm("{\"x\": \"W\", \"h\": \"U\", \"b_x\": \"b\", \"b_h\": \"c\"}")),
            oneForAllGates());
    assertArrayEquals(new float[] {1, 2, 1, 2, 1, 2, 1, 2}, values(mapped, "rnn.bias_ih_l0"));
    assertArrayEquals(new float[] {3, 4, 3, 4, 3, 4, 3, 4}, values(mapped, "rnn.bias_hh_l0"));
  }

  private static float[] values(List<StoredTensor> tensors, String name) {
    return tensors.stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow()
        .toTensor()
        .toArray();
  }

  @Test
  void theLayerComesWhereItsFirstTensorWas() throws IOException {
    List<StoredTensor> mapped =
        apply(mapping(lstm("{\"x\": \"W\", \"h\": \"U\", \"b\": \"b\"}")), oneForAllGates());
    assertEquals(
        List.of(
            "first",
            "rnn.weight_ih_l0",
            "rnn.weight_hh_l0",
            "rnn.bias_ih_l0",
            "rnn.bias_hh_l0",
            "c",
            "last"),
        mapped.stream().map(StoredTensor::name).toList());
  }

  static Stream<Arguments> mappingsThatAreNone() {
    return Map.of(
            "[1, 2]",
            "no JSON object",
            "{",
            "not the JSON of a mapping file",
            "{}",
            "maps no layer",
            "{\"gru\": []}",
            "'gru'",
            "{\"lstm\": [{\"name\": \"a\"}]}",
            "'orientation'",
            "{\"lstm\": [{\"name\": \"a\", \"orientation\": \"up\"}]}",
            "'in,hidden'",
            lstm("{\"x\": \"W\"}"),
            "'h'",
            lstm("{\"xh\": \"W\"}"),
            "'xh'",
            lstm("{\"x\": \"W\", \"h\": 3}"),
            "'h'",
            "{\"lstm\": [], \"lstm\": []}",
            "not the JSON of a mapping file")
        .entrySet()
        .stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  static Stream<Arguments> hostileMappings() {
    String noJson = "not the JSON of a mapping file";
    return Stream.of(
        Arguments.of("{\"lstm\": [{\"name\"", noJson),
        Arguments.of("[".repeat(100_000), noJson),
        Arguments.of("{\"lstm\": [" + "9".repeat(100_000) + "]}", noJson),
        Arguments.of("{\"lstm\": []} {}", noJson),
        Arguments.of(" ".repeat(2 << 20), "larger than 1 MiB"),
        Arguments.of("", "no JSON object"),
        Arguments.of("{\"lstm\": 3}", "maps no layer"),
        Arguments.of("{\"lstm\": [3]}", "'name'"),
        Arguments.of("{\"lstm\": [{\"name\": [1]}]}", "'name'"),
        Arguments.of(lstm("[1]"), "no JSON object"),
        Arguments.of(lstm("{\"x\": \"W\\u001b[31m\", \"h\": \"V\"}"), "control characters"),
        Arguments.of(lstm("{\"x\": \"" + "W".repeat(5000) + "\", \"h\": \"V\"}"), "1024"),
        Arguments.of("{\"linear\": [{\"name\": \"../fc\"}]}", "'orientation'"));
  }

  @ParameterizedTest
  @MethodSource({"mappingsThatAreNone", "hostileMappings"})
  void aFileThatIsNoMappingIsRefused(String text, String expected) {
    String sentence = assertThrows(ModelFormatException.class, () -> mapping(text)).getMessage();
    assertTrue(sentence.contains("mapping.json: "), sentence);
    assertTrue(sentence.contains(expected), sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "W,V,has no tensor 'V'",
    "W,c,needs a matrix",
    "U,W,'needs [2, 2]'",
    "last,U,needs a matrix"
  })
  void tensorsThatDoNotFitAreRefused(String x, String h, String expected) throws IOException {
    ImportOptions options =
        ImportOptions.builder()
            .mapping(mapping(lstm("{\"x\": \"%s\", \"h\": \"%s\"}".formatted(x, h))))
            .build();
    Checkpoint checkpoint =
        new Checkpoint(
            Path.of("model.npz"), ContainerKind.NPZ, oneForAllGates(), List.of(), List.of());
    String sentence =
        assertThrows(
                ModelFormatException.class, () -> Checkpoints.importNetwork(checkpoint, options))
            .getMessage();
    assertTrue(sentence.startsWith("model.npz: has "), sentence);
    assertTrue(sentence.contains(expected) && sentence.contains("mapping.json"), sentence);
  }
}

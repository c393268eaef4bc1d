// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.format.ModelFormatException;

/** One network, saved in every way that PyTorch has, is the same network each time. */
class KindsOfFilesTest {
  /** Weights that are computed from their parts: PyTorch stored the parts in float32. */
  private static final double PARTS = Math.scalb(1.0, -22);

  static Stream<Goldens.Kind> kinds() {
    return Goldens.kindsOfFiles();
  }

  static Stream<Goldens.Kind> kindsWithModules() {
    return kinds().filter(kind -> !kind.modules().isEmpty());
  }

  private static Goldens.Kind kind(String name) {
    return kinds().filter(kind -> kind.toString().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyParameterHasTheValuesOfTheStateDict(Goldens.Kind kind) throws IOException {
    try (Network expected = open(Goldens.weights(), ImportOptions.none());
        Network found = open(kind.file(), kind.importOptions())) {
      assertEquals(expected.parameters().size(), found.parameters().size());
      for (Parameter parameter : expected.parameters()) {
        int dot = parameter.name().indexOf('.');
        String module = parameter.name().substring(0, dot);
        String name = kind.renamed().getOrDefault(module, module) + parameter.name().substring(dot);
        assertArrayEquals(
            expected.parameter(parameter.name()).toArray(),
            found.parameter(name).toArray(),
            kind.toString().contains("norm") ? (float) PARTS : 0,
            name);
      }
    }
  }

  private static Network open(Path file, ImportOptions options) throws IOException {
    return Checkpoints.importNetwork(file, options).network();
  }

  @ParameterizedTest
  @MethodSource("kindsWithModules")
  void theModulesAreThoseOfTheObject(Goldens.Kind kind) throws IOException {
    SavedModule root = Checkpoints.read(kind.file()).modules().getFirst();
    assertEquals(
        kind.modules(), root.all().collect(Collectors.toMap(SavedModule::path, SavedModule::type)));
    assertEquals(List.copyOf(kind.modules().keySet()), root.all().map(SavedModule::path).toList());
  }

  @ParameterizedTest
  @MethodSource("kindsWithModules")
  void theLstmSaysThatTheBatchComesFirst(Goldens.Kind kind) throws IOException {
    SavedModule lstm =
        Checkpoints.read(kind.file())
            .modules()
            .getFirst()
            .all()
            .filter(module -> module.type().endsWith(".LSTM"))
            .findFirst()
            .orElseThrow();
    assertEquals(true, lstm.attributes().get("batch_first"));
    assertEquals(2L, lstm.attributes().get("num_layers"));
    Imported imported = Checkpoints.importNetwork(kind.file(), kind.importOptions());
    try (Network network = imported.network()) {
      assertTrue(network.batchFirst());
    }
    assertTrue(
        imported.assumptions().stream()
            .noneMatch(assumption -> assumption.toString().contains("--batch-first")));
  }

  static Stream<Goldens.Refused> refusedModules() {
    return Goldens.refusedModules();
  }

  @ParameterizedTest
  @MethodSource("refusedModules")
  void modulesThatCannotBeRunAreNamed(Goldens.Refused refused) throws IOException {
    ImportOptions read = ImportOptions.builder().read("last").build();
    String sentence =
        assertThrows(
                ModelFormatException.class,
                () -> Checkpoints.importNetwork(refused.file(), read).network().close())
            .getMessage();
    for (String part : refused.expected()) {
      assertTrue(sentence.contains(part), sentence + "\nshould name " + part);
    }
    Checkpoints.importNetwork(refused.file(), refused.importOptions()).network().close();
  }

  @Test
  void attributesArePlainValuesInTheirOrder() throws IOException {
    SavedModule root = Checkpoints.read(kind("module.pt").file()).modules().getFirst();
    assertEquals(Arrays.asList(2L, 0.5, "hann"), root.attributes().get("window"));
    SavedModule fc = root.find("fc").orElseThrow();
    assertEquals(Map.of("in_features", 5L, "out_features", 4L), sizes(fc));
    assertEquals("", fc.dict());
    assertTrue(fc.children().isEmpty());
  }

  private static Map<String, Object> sizes(SavedModule module) {
    return module.attributes().entrySet().stream()
        .filter(attribute -> attribute.getKey().endsWith("_features"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Test
  void aModuleInADictHasTheDictOfItsTensors() throws IOException {
    Checkpoint checkpoint = Checkpoints.read(kind("module-in-dict.pt").file());
    assertEquals("net", checkpoint.modules().getFirst().dict());
    assertEquals("net", checkpoint.tensors().getFirst().dict());
    assertEquals(List.of("optimizer is an optimizer, which is not read"), checkpoint.notes());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UINT64", "UINT32", "UINT16"})
  void elementsOfEveryTypeAreRead(DType dtype) throws IOException {
    StoredTensor tensor =
        Checkpoints.read(kind("dtypes.pt").file()).tensors().stream()
            .filter(candidate -> candidate.path().equals("every." + dtype))
            .findFirst()
            .orElseThrow();
    assertEquals(dtype, tensor.dtype());
    if (dtype.isFloatingPoint()) {
      assertArrayEquals(new float[] {0, 1, 3}, tensor.toTensor().toArray());
    } else {
      assertArrayEquals(
          dtype == DType.BOOL ? new long[] {0, 1, 1} : new long[] {0, 1, 3},
          integers(tensor.data(), dtype.bytes()));
    }
  }

  private static long[] integers(MemorySegment data, int bytes) {
    long[] integers = new long[(int) data.byteSize() / bytes];
    for (int i = 0; i < integers.length; i++) {
      integers[i] =
          switch (bytes) {
            case 1 -> data.get(ValueLayout.JAVA_BYTE, i);
            case 2 -> data.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L);
            case 4 -> data.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4L);
            default -> data.get(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L);
          };
    }
    return integers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"weight-norm.pt", "spectral-norm-2.pt", "pruned.pt"})
  void aWeightThatIsComputedIsTold(String file) throws IOException {
    List<String> notes = Checkpoints.read(kind(file).file()).notes();
    assertTrue(notes.getLast().startsWith("fc.weight is computed"), notes.toString());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.ModelSummary.StoredTensor;

class ModelFileRoundTripTest {
  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("model.l4j");
  }

  static Stream<Network.Builder> networks() {
    return TestNetworks.ofEveryKind();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void whatWasWrittenIsReadToTheBit(Network.Builder builder) throws IOException {
    try (Network written = TestNetworks.build(builder)) {
      ModelFile.write(written, path);
      try (Network read = ModelFile.open(path)) {
        assertEquals(written.layers(), read.layers());
        assertEquals(written.batchFirst(), read.batchFirst());
        assertEquals(written.oneToMany(), read.oneToMany());
        assertEquals(written.metadata(), read.metadata());
        assertEqualBits(written, read);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void openingInAStorageGivesWhatBuildingInItGives(Network.Builder builder) throws IOException {
    try (Network written = TestNetworks.build(builder)) {
      ModelFile.write(written, path);
    }
    for (WeightStorage weights : WeightStorage.values()) {
      try (Network built = TestNetworks.build(builder.weights(weights));
          Network read = ModelFile.open(path, weights)) {
        assertEquals(weights, read.weights());
        assertEquals(built.packedBytes(), read.packedBytes());
        assertEqualValues(built, read);
      }
    }
  }

  /** Every NaN is equal to every other: which one arithmetic gives depends on the compiler. */
  private static void assertEqualValues(Network expected, Network actual) {
    for (Parameter parameter : expected.parameters()) {
      String name = parameter.name();
      assertArrayEquals(
          expected.parameter(name).toArray(), actual.parameter(name).toArray(), () -> name);
    }
  }

  private static void assertEqualBits(Network written, Network read) {
    assertEquals(written.parameters(), read.parameters());
    for (Parameter parameter : written.parameters()) {
      long mismatch =
          written
              .parameter(parameter.name())
              .data()
              .mismatch(read.parameter(parameter.name()).data());
      assertEquals(-1, mismatch, () -> "first different byte of " + parameter.name());
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void equalNetworksGiveEqualFiles(Network.Builder builder) throws IOException {
    try (Network network = TestNetworks.build(builder)) {
      ModelFile.write(network, path);
    }
    Path copy = directory.resolve("copy.l4j");
    try (Network network = ModelFile.open(path)) {
      ModelFile.write(network, copy);
    }
    assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(copy));
  }

  @Test
  void theOrderOfMetadataDoesNotMatter() throws IOException {
    Layer layer = new Layer.Linear("fc", 1, 1, false);
    Path other = directory.resolve("other.l4j");
    try (Network network =
            TestNetworks.build(Network.builder().add(layer).metadata("a", "1").metadata("b", "2"));
        Network reversed =
            TestNetworks.build(
                Network.builder().add(layer).metadata("b", "2").metadata("a", "1"))) {
      ModelFile.write(network, path);
      ModelFile.write(reversed, other);
    }
    assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(other));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void everyTensorIsAlignedInTheFile(Network.Builder builder) throws IOException {
    try (Network network = TestNetworks.build(builder)) {
      ModelFile.write(network, path);
    }
    for (StoredTensor tensor : ModelFile.describe(path).tensors()) {
      assertEquals(0, tensor.offset() % 64, tensor::name);
    }
  }

  @Test
  void theFileIsNotInUseOnceItHasBeenOpened() throws IOException {
    try (Network network = TestNetworks.small()) {
      ModelFile.write(network, path);
    }
    try (Network network = ModelFile.open(path)) {
      byte[] before = Files.readAllBytes(path);
      Files.write(path, new byte[before.length]);
      ModelFile.write(network, path);
      assertArrayEquals(before, Files.readAllBytes(path));
    }
  }

  @Test
  void describeTellsWhatTheFileSaysAboutItself() throws IOException {
    try (Network network =
        TestNetworks.network(
            new Layer.Linear("a", 3, 5, true), new Layer.Linear("b", 5, 1, false))) {
      ModelFile.write(network, path);
    }
    ModelSummary summary = ModelFile.describe(path);
    assertEquals(1, summary.formatVersion());
    assertEquals(1, summary.minimumReaderVersion());
    assertTrue(summary.producer().matches("lstm4j \\d+\\.\\d+.*"), summary.producer());
    assertEquals(Files.size(path), summary.fileBytes());
    assertEquals(
        List.of("a.weight", "a.bias", "b.weight"),
        summary.tensors().stream().map(StoredTensor::name).toList());
    StoredTensor bias = summary.tensors().get(1);
    assertEquals("float32", bias.dataType());
    assertEquals(List.of(5L), bias.shape());
    assertEquals(summary.tensors().getFirst().offset() + 64, bias.offset());
    assertEquals(20, bias.length());
    byte[] file = Files.readAllBytes(path);
    byte[] stored = Arrays.copyOfRange(file, (int) bias.offset(), (int) bias.offset() + 20);
    assertEquals(Checksum.of(stored), bias.crc32c());
  }

  static Stream<Layer> layersOfVersion2() {
    return Stream.concat(
        TestNetworks.newCells(),
        Stream.of(new Layer.Activation(new ActivationFunction.HardSigmoid(0.2f, 0.5f), 3)));
  }

  @ParameterizedTest
  @MethodSource("layersOfVersion2")
  void olderReadersAreKeptFromWhatTheyWouldMisread(Layer layer) throws IOException {
    try (Network network = TestNetworks.network(layer)) {
      ModelFile.write(network, path);
    }
    ModelSummary summary = ModelFile.describe(path);
    assertEquals(2, summary.formatVersion());
    assertEquals(2, summary.minimumReaderVersion());
  }

  @Test
  void aModelFileIsRecognisedByItsContentAlone() throws IOException {
    Path model = directory.resolve("renamed.pt");
    try (Network network = TestNetworks.small()) {
      ModelFile.write(network, model);
    }
    assertTrue(ModelFile.isModelFile(model));
    assertFalse(ModelFile.isModelFile(Files.writeString(path, "{\"lstm4j.model\": 1}")));
    assertFalse(ModelFile.isModelFile(Files.createFile(directory.resolve("empty.l4j"))));
  }
}

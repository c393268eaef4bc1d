// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.WeightStorage;

class ModelFileWriteTest {
  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void writeOldFile() throws IOException {
    path = directory.resolve("model.l4j");
    Files.writeString(path, "old");
  }

  /** The old file is as it was, and nothing lies beside it. */
  private void assertUntouched() throws IOException {
    assertEquals("old", Files.readString(path));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(path), files.toList());
    }
  }

  @Test
  void anExistingFileIsReplacedAndNothingElseIsLeft() throws IOException {
    try (Network network = TestNetworks.small()) {
      ModelFile.write(network, path);
    }
    assertTrue(ModelFile.isModelFile(path));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(path), files.toList());
    }
  }

  @Test
  void aFailureOfTheNetworkMidwayLeavesTheOldFile() throws IOException {
    Network network = TestNetworks.small();
    List<OutgoingTensor> tensors =
        network.parameters().stream()
            .map(parameter ->
                new OutgoingTensor(
                    parameter,
                    () -> {
                      if (parameter.name().equals("fc.weight")) {
                        network.close();
                      }
                      return network.parameter(parameter.name());
                    }))
            .toList();
    ContainerWriter writer =
        new ContainerWriter(
            FileKind.MODEL, table -> HeaderEncoder.encode(network, Attachments.none(), table));
    assertThrows(IllegalStateException.class, () -> writer.write(path, tensors));
    assertUntouched();
  }

  @Test
  void aClosedNetworkIsNotWritten() throws IOException {
    Network network = TestNetworks.small();
    network.close();
    assertThrows(IllegalStateException.class, () -> ModelFile.write(network, path));
    assertUntouched();
  }

  @ParameterizedTest
  @EnumSource(names = "FLOAT32", mode = EnumSource.Mode.EXCLUDE)
  void aNetworkWhoseFloat32WeightsAreGoneIsNotWritten(WeightStorage weights) throws IOException {
    Network.Builder builder = Network.builder().add(Layer.Lstm.of("lstm", 2, 3)).weights(weights);
    try (Network network = TestNetworks.build(builder)) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> ModelFile.write(network, path));
      assertEquals(
          ("a model file holds float32 weights, but this network has its weights in %s only: build"
                  + " or open it with weights in FLOAT32 to write it")
              .formatted(weights),
          e.getMessage());
    }
    assertUntouched();
  }

  @Test
  void aNetworkBeyondProtobufsLimitIsNotWritten() throws IOException {
    ContainerWriter writer =
        new ContainerWriter(
            FileKind.MODEL,
            _ -> {
              throw new AssertionError("no header is needed");
            });
    List<OutgoingTensor> tensors =
        Stream.of("a", "b").map(name -> neverFetched(name, 1L << 28)).toList();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> writer.write(path, tensors));
    assertTrue(e.getMessage().contains("2147483647"), e::getMessage);
    assertUntouched();
  }

  private static OutgoingTensor neverFetched(String name, long size) {
    return new OutgoingTensor(
        new Parameter(name, List.of(size)),
        () -> {
          throw new AssertionError("no tensor is needed");
        });
  }

  @Test
  void metadataBeyondTheHeadersLimitIsNotWritten() throws IOException {
    assertNotWritten("x".repeat(1 << 20), "1048576");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "a\ude42"})
  void halfASurrogatePairIsNotWritten(String text) throws IOException {
    assertNotWritten(text, "Unicode");
  }

  private void assertNotWritten(String metadata, String word) throws IOException {
    try (Network network =
        TestNetworks.build(
            Network.builder().add(new Layer.Linear("fc", 1, 1, false)).metadata("k", metadata))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> ModelFile.write(network, path));
      assertTrue(e.getMessage().contains(word), e::getMessage);
    }
    assertUntouched();
  }

  @Test
  void aDirectoryIsNotReplaced() throws IOException {
    assertCannotBeWritten(directory, "is a folder; give a file in it");
    assertUntouched();
  }

  @Test
  void aMissingDirectoryIsNamed() throws IOException {
    assertCannotBeWritten(
        directory.resolve("missing/model.l4j"), "its folder does not exist; create that first");
    assertUntouched();
  }

  private static void assertCannotBeWritten(Path path, String words) {
    try (Network network = TestNetworks.small()) {
      IOException e = assertThrows(IOException.class, () -> ModelFile.write(network, path));
      assertTrue(e.getMessage().startsWith(path + ": "), e::getMessage);
      assertTrue(e.getMessage().contains(words), e::getMessage);
    }
  }

  @Test
  void aSymbolicLinkStaysAndItsTargetIsReplaced() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link.l4j"), path);
    try (Network network = TestNetworks.small()) {
      ModelFile.write(network, link);
    }
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(ModelFile.isModelFile(path));
    assertFalse(Files.isSymbolicLink(path));
  }

  @Test
  void aModelHasThePermissionsOfAnyNewFile() throws IOException {
    try (Network network = TestNetworks.small()) {
      ModelFile.write(network, path);
    }
    Path ordinary = Files.createFile(directory.resolve("ordinary"));
    assertEquals(
        Files.getAttribute(ordinary, "posix:permissions"),
        Files.getAttribute(path, "posix:permissions"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;
import org.lstm4j.format.v1.Header;

/** Files that are no model files, or hostile ones. */
class ModelFileRefusalTest {
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

  @Test
  void namesInSentencesAreShortAndPrintable() throws IOException {
    String name = "\u001b[2J\n" + "x".repeat(100_000);
    hostile().header(header -> header.getTensorsBuilder(5).setName(name)).writeTo(path);
    assertRefused("fc.bias is missing");
    hostile()
        .header(header -> header.getTensorsBuilder(5).setName(name).clearCrc32C())
        .writeTo(path);
    assertRefused("tensor ?[2J?xxx");
  }

  @Test
  void fieldsOfANewerVersionAreSkipped() throws IOException {
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(1000, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .build();
    hostile().header(header -> header.setFormatVersion(7).setUnknownFields(newer)).writeTo(path);
    try (Network network = ModelFile.open(path)) {
      assertEquals(2, network.layers().size());
    }
    assertEquals(7, ModelFile.describe(path).formatVersion());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "PK\u0003\u0004 a zip file", "\n\u000f\n\rlstm4j.models", "{}"})
  void whatDoesNotBeginAsAModelFileIsCalledNone(String content) throws IOException {
    Files.writeString(path, content);
    assertRefused(content.isEmpty() ? "it is empty" : "this is not an .l4j model file");
  }

  @Test
  void aStateFileIsNoModelFile() throws IOException {
    try (Network network = TestNetworks.small()) {
      StateFile.write(State.zeros(network, 1), path);
    }
    assertRefused("this is an lstm4j state file, not an .l4j model file");
  }

  @ParameterizedTest
  @ValueSource(longs = {(16 << 20) + 1, 1L << 31, 1L << 62, -1})
  void aHeaderLargerThanTheLimitIsRefused(long length) throws IOException {
    byte[] header = hostile().header().toByteArray();
    ByteString.Output file = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(file);
    out.writeTag(1, 2);
    out.writeUInt64NoTag(length);
    out.writeRawBytes(header);
    out.flush();
    Files.write(path, file.toByteString().toByteArray());
    assertRefused(
        "its header has " + Long.toUnsignedString(length) + " bytes, but at most 16777216");
  }

  /** Each fills the largest header there may be with as many objects as it can. */
  static Stream<Arguments> bombs() {
    return Stream.of(
        arguments("layers", new byte[] {6 << 3 | 2, 0}),
        arguments("tensors", new byte[] {11 << 3 | 2, 0}),
        arguments("metadata", new byte[] {5 << 3 | 2, 0}),
        arguments("gates", new byte[] {9 << 3, 1}),
        arguments("vocabularies", new byte[] {12 << 3 | 2, 0}),
        arguments("training states", new byte[] {14 << 3 | 2, 0}),
        arguments("nested groups", new byte[] {15 << 3 | 3}),
        arguments("unknown fields", new byte[] {15 << 3, 1}));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void aHeaderOfVeryManyPartsIsRefusedInASmallHeap(String parts, byte[] part) throws IOException {
    byte[] start = Header.newBuilder().setFormat("lstm4j.model").build().toByteArray();
    byte[] header = Arrays.copyOf(start, ModelHeader.MAX_BYTES_BESIDE_VOCABULARY);
    for (int i = start.length; i + part.length <= header.length; i += part.length) {
      System.arraycopy(part, 0, header, i, part.length);
    }
    HostileModel.write(
        path, Arrays.copyOf(header, header.length - start.length % part.length), new byte[0]);
    assertRefused();
  }

  @Test
  void aTensorOfVeryManyDimensionsIsRefused() throws IOException {
    hostile()
        .header(h -> h.getTensorsBuilder(0).addAllShape(Collections.nCopies(1_000_000, 1L)))
        .writeTo(path);
    assertRefused("lstm.weight_ih_l0 has shape");
  }

  @Test
  void aVeryLongNameOfVeryManyStackedLayersIsRefused() throws IOException {
    String name = "x".repeat(500_000);
    hostile()
        .header(h -> h.getLayersBuilder(0).getLstmBuilder().setName(name).setNumLayers(1 << 30))
        .writeTo(path);
    assertRefused("is missing");
  }

  @Test
  void aFileBeyondProtobufsLimitIsRefused() throws IOException {
    hostile().writeTo(path);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(1L << 31);
    }
    assertRefused("it has 2147483648 bytes, but at most 2147483647 are allowed");
  }

  @Test
  void aMissingFileIsNamed() {
    assertRefused("there is no such file");
  }

  @Test
  void aDirectoryIsRefused() throws IOException {
    Files.createDirectory(path);
    assertRefused("this is a directory");
  }

  @Test
  void whatIsNoRegularFileIsNotWaitedFor() {
    Path device = Path.of("/dev/null");
    Assumptions.assumeTrue(Files.exists(device));
    Refusals.assertRefused(device, "not a regular file");
  }

  @Test
  void aFileSystemWithoutMappingIsNamed() throws IOException {
    Path zip = directory.resolve("models.zip");
    try (FileSystem inZip = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path model = inZip.getPath("model.l4j");
      hostile().writeTo(path);
      Files.copy(path, model);
      Refusals.assertRefused(model, "cannot map files");
    }
  }

  @Test
  void anInterruptedThreadIsToldSo() throws IOException {
    hostile().writeTo(path);
    Thread.currentThread().interrupt();
    assertThrows(ClosedByInterruptException.class, () -> ModelFile.open(path).close());
    assertTrue(Thread.interrupted());
  }
}

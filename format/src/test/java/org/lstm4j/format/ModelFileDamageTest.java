// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.format.TestAttachments.Attached;

class ModelFileDamageTest {
  @TempDir private Path directory;
  private Path path;
  private byte[] intact;

  @BeforeEach
  void writeModel() throws IOException {
    path = directory.resolve("model.l4j");
    try (Network network = TestNetworks.network(new Layer.Linear("fc", 3, 2, true))) {
      ModelFile.write(network, path);
    }
    intact = Files.readAllBytes(path);
  }

  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    for (int bit = 0; bit < intact.length * 8; bit++) {
      byte[] damaged = intact.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertRefused(damaged);
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    for (int length = 0; length < intact.length; length++) {
      assertRefused(Arrays.copyOf(intact, length));
    }
  }

  @Test
  void whatFollowsTheEndIsNoticed() throws IOException {
    assertRefused(Arrays.copyOf(intact, intact.length + 1));
  }

  private void assertRefused(byte[] damaged) throws IOException {
    Files.write(path, damaged);
    Refusals.assertRefused(path);
  }

  static Stream<Attached> attached() {
    return TestAttachments.ofEveryKind();
  }

  /** Whoever opens the network and reads what is attached to it reads the whole file. */
  @ParameterizedTest
  @MethodSource("attached")
  void aFlippedBitInAnyByteOfAFileWithAttachmentsIsNoticed(Attached attached) throws IOException {
    byte[] whole = write(attached);
    for (int i = 0; i < whole.length; i++) {
      whole[i] ^= (byte) (1 << i % 8);
      Files.write(path, whole);
      Refusals.assertRefused(path, this::readAll);
      whole[i] ^= (byte) (1 << i % 8);
    }
  }

  @ParameterizedTest
  @MethodSource("attached")
  void everyTruncationOfAFileWithAttachmentsIsNoticedByEitherReader(Attached attached)
      throws IOException {
    byte[] whole = write(attached);
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      Refusals.assertRefused(path);
      Refusals.assertRefused(path, () -> ModelFile.attachments(path));
    }
  }

  /** Damaged attachments may still be some, but must never cause another error. */
  @ParameterizedTest
  @MethodSource("attached")
  void aFlippedBitOfAttachmentsWithARightChecksumGivesAttachmentsOrARefusal(Attached attached)
      throws IOException {
    write(attached);
    HostileModel model = new HostileModel(attached.network(), attached.attachments(), path);
    byte[] header = model.header().toByteArray();
    for (int i = 0; i < header.length; i++) {
      header[i] ^= (byte) (1 << i % 8);
      HostileModel.write(path, header, model.weights());
      try {
        readAll();
      } catch (ModelFormatException e) {
        assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
      }
      header[i] ^= (byte) (1 << i % 8);
    }
  }

  private byte[] write(Attached attached) throws IOException {
    ModelFile.write(attached.network(), attached.attachments(), path);
    return Files.readAllBytes(path);
  }

  private void readAll() throws IOException {
    ModelFile.attachments(path);
    ModelFile.open(path).close();
  }

  /** A damaged header may still describe a network, but must never cause another error. */
  @Test
  void aFlippedBitInAnyByteOfAHeaderWithARightChecksumGivesANetworkOrARefusal() throws IOException {
    HostileModel model = new HostileModel(TestNetworks.ofManyLayers(), path);
    byte[] header = model.header().toByteArray();
    for (int i = 0; i < header.length; i++) {
      byte[] damaged = header.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      HostileModel.write(path, damaged, model.weights());
      try (Network network = ModelFile.open(path)) {
        assertFalse(network.layers().isEmpty());
      } catch (ModelFormatException e) {
        assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
      }
    }
  }

  @Test
  void aFileTruncatedWhileItIsReadIsAFormatError() {
    Refusals.assertRefused(
        path,
        () ->
            FileReader.read(
                path,
                file -> {
                  truncate();
                  return file.bytes(0, intact.length);
                }),
        "truncated");
  }

  private void truncate() {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.Goldens;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/** Archives that real PyTorch wrote, packed in other ways. */
class TorchZipTest {
  private static final Path GOLDEN = Goldens.good("stored-training-state").checkpoint();

  @TempDir Path folder;
  private Map<String, byte[]> entries;
  private String root;

  @BeforeEach
  void unpack() throws IOException {
    entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(GOLDEN.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    String first = entries.keySet().iterator().next();
    root = first.substring(0, first.indexOf('/') + 1);
  }

  private Path pack() throws IOException {
    Path file = folder.resolve("packed.pt");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  private static void assertSameTensors(Checkpoint expected, Checkpoint found) {
    assertEquals(
        expected.tensors().stream().map(StoredTensor::toString).toList(),
        found.tensors().stream().map(StoredTensor::toString).toList());
    for (int i = 0; i < expected.tensors().size(); i++) {
      StoredTensor tensor = expected.tensors().get(i);
      assertEquals(-1, tensor.data().mismatch(found.tensors().get(i).data()), tensor.toString());
    }
  }

  private String refusal() {
    return assertThrows(Refusal.class, () -> new TorchZip().read(pack())).getMessage();
  }

  @Test
  void compressedEntriesAreReadToo() throws IOException {
    assertSameTensors(new TorchZip().read(GOLDEN), new TorchZip().read(pack()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "archive/", "my model: v2 (final)/", "\u00fc\u4e2d/"})
  void theTopFolderHasAnyName(String folderName) throws IOException {
    Map<String, byte[]> renamed = new LinkedHashMap<>();
    entries.forEach(
        (name, content) -> renamed.put(folderName + name.substring(root.length()), content));
    entries = renamed;
    assertSameTensors(new TorchZip().read(GOLDEN), new TorchZip().read(pack()));
  }

  @Test
  void bigEndianStoragesAreRead() throws IOException {
    entries.replaceAll(
        (name, content) -> name.startsWith(root + "data/") ? swapped(content) : content);
    entries.put(root + "byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    assertSameTensors(new TorchZip().read(GOLDEN), new TorchZip().read(pack()));
  }

  private static byte[] swapped(byte[] floats) {
    ByteBuffer source = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer target = ByteBuffer.allocate(floats.length).order(ByteOrder.BIG_ENDIAN);
    while (source.hasRemaining()) {
      target.putInt(source.getInt());
    }
    return target.array();
  }

  @Test
  void anotherByteOrderIsRefused() {
    entries.put(root + "byteorder", "middle".getBytes(StandardCharsets.US_ASCII));
    assertTrue(refusal().contains("'middle'"));
  }

  @Test
  void anOptimizerIsLeftAsideWithANote() throws IOException {
    Checkpoint checkpoint = new TorchZip().read(GOLDEN);
    assertEquals(
        List.of("state_dict"),
        checkpoint.tensors().stream().map(StoredTensor::dict).distinct().toList());
    assertEquals(1, checkpoint.notes().size());
    assertTrue(checkpoint.notes().getFirst().contains("optimizer"));
  }

  @Test
  void aMissingStorageIsNamed() {
    entries.remove(root + "data/0");
    assertTrue(refusal().contains("data/0"));
  }

  @Test
  void aStorageOfAnotherSizeIsNamed() {
    entries.put(root + "data/0", new byte[12]);
    assertTrue(refusal().contains("data/0"));
  }

  /** Damage inside the pickle that the archive's checksum does not see. */
  @Test
  void aDamagedPickleIsReadOrRefused() throws IOException {
    Random random = new Random(5);
    byte[] pickle = entries.get(root + "data.pkl");
    for (int i = 0; i < 100; i++) {
      byte[] damaged = pickle.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      entries.put(root + "data.pkl", damaged);
      try {
        new TorchZip().read(pack());
      } catch (Refusal e) {
        assertTrue(e.getMessage().length() > 20, e.getMessage());
      }
    }
  }

  @Test
  void aDirectoryTooLargeForACheckpointIsNotRead() throws IOException {
    Path file = folder.resolve("directory.pt");
    ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0, 0x06054b50).putInt(12, 1 << 25);
    Files.write(file, end.array());
    assertTrue(
        assertThrows(Refusal.class, () -> new TorchZip().read(file))
            .getMessage()
            .contains("directory"));
  }

  @Test
  void aDirectoryTooLargeInTheEndOfZip64IsNotRead() throws IOException {
    Path file = folder.resolve("directory64.pt");
    ByteBuffer ends = ByteBuffer.allocate(56 + 20 + 22).order(ByteOrder.LITTLE_ENDIAN);
    ends.putInt(0, 0x06064b50).putLong(40, 1L << 40);
    ends.putInt(56, 0x07064b50).putLong(64, 0);
    ends.putInt(76, 0x06054b50).putInt(88, -1);
    Files.write(file, ends.array());
    assertTrue(
        assertThrows(Refusal.class, () -> new TorchZip().read(file))
            .getMessage()
            .contains("directory"));
  }
}

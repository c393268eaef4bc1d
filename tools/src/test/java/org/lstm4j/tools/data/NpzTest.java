// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.ModelFormatException;

class NpzTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("data.npz");
  }

  @Test
  void writesWhatItReadsInOrder() throws IOException {
    Map<String, NdArray> arrays = someArrays();

    Npz.write(file, arrays);

    Map<String, NdArray> read = Npz.read(file);
    assertEquals(arrays, read);
    assertEquals(List.copyOf(arrays.keySet()), List.copyOf(read.keySet()));
    assertEquals(file + ": h0|a.b: float64 (1,)", read.get("h0|a.b").toString());
  }

  @Test
  void writesEqualFilesForEqualArrays() throws IOException {
    Path other = folder.resolve("other.npz");

    Npz.write(file, someArrays());
    Npz.write(other, someArrays());

    assertEquals(-1, Files.mismatch(file, other));
  }

  @Test
  void holdsNoArraysIfGivenNone() throws IOException {
    Npz.write(file, Map.of());

    assertEquals(Map.of(), Npz.read(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../etc/passwd", "/x", "a/b", "ünï", "", "x.npy", "a\\b"})
  void takesAnyNameForAName(String name) throws IOException {
    Map<String, NdArray> arrays = Map.of(name, NdArray.of(new float[] {1}, 1));

    Npz.write(file, arrays);

    assertEquals(arrays, Npz.read(file));
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    Npz.write(file, Map.of("x", NdArray.of(new float[] {1, 2}, 2)));
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused("");
    }
  }

  @Test
  void readsNoChangedElementOutOfAFileWithAFlippedBit() throws IOException {
    Map<String, NdArray> arrays = Map.of("x", NdArray.of(new float[] {1, 2}, 2));
    Npz.write(file, arrays);
    byte[] whole = Files.readAllBytes(file);

    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= (byte) (1 << i % 8);
      Files.write(file, flipped);
      List<NdArray> read;
      try {
        read = new ArrayList<>(Npz.read(file).values());
      } catch (ModelFormatException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        continue;
      }
      // Where the archive carries no checksum, in names and dates, a flip may go unseen.
      assertTrue(arrays.values().containsAll(read), "byte " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PK", "time,price\n1,2\n"})
  void refusesWhatIsNoArchive(String content) throws IOException {
    Files.writeString(file, content);

    assertRefused("is not a whole .npz archive");
  }

  @Test
  void refusesTwoArraysOfOneName() throws IOException {
    byte[] array = npy(NdArray.of(new float[] {1}, 1));
    writeZip(Map.of("a.npy", array, "b.npy", array));
    // The JDK's writer refuses the same, so rename one entry where the archive says its name.
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, bytes.replace("b.npy", "a.npy"), StandardCharsets.ISO_8859_1);

    assertRefused("two arrays named 'a'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"readme.txt", "x", "folder/", "X.NPY"})
  void refusesEntriesThatAreNoArrays(String entry) throws IOException {
    writeZip(Map.of(entry, new byte[0]));

    assertRefused("the entry '" + entry + "' is no .npy file");
  }

  @Test
  void saysInOneLineWhichEntryIsMalformedWhateverItsName() throws IOException {
    writeZip(Map.of("a\nb" + "c".repeat(1000) + ".npy", new byte[0]));

    assertRefused(file + ": a\uFFFDb" + "c".repeat(61) + "…: is empty");
  }

  @Test
  void namesTheEntryThatIsMalformed() throws IOException {
    writeZip(Map.of("x.npy", "not an array".getBytes(StandardCharsets.US_ASCII)));

    assertRefused(file + ": x: does not start as an .npy file does");
  }

  @Test
  void refusesMoreDataThanTheHeaderDeclares() throws IOException {
    byte[] array = npy(NdArray.of(new float[] {1}, 1));
    // A decompression bomb: a small array, and then what would fill the heap if it were kept.
    writeZip(Map.of("x.npy", Arrays.copyOf(array, 16 << 20)));

    assertRefused("goes on after the array");
  }

  @Test
  void refusesAHeaderThatDeclaresMoreThanIsThere() throws IOException {
    byte[] array = npy(NdArray.of(new float[1000], 1000));
    writeZip(Map.of("x.npy", Arrays.copyOf(array, array.length - 1)));

    assertRefused("ends after 3999 of the 4000 bytes");
  }

  @Test
  void refusesANameThatAnArchiveCannotHoldAndLeavesNothing() {
    Map<String, NdArray> arrays = Map.of("x".repeat(70_000), NdArray.of(new float[] {1}, 1));

    assertThrows(IllegalArgumentException.class, () -> Npz.write(file, arrays));

    assertArrayEquals(new String[0], folder.toFile().list());
  }

  private static Map<String, NdArray> someArrays() {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put("x", NdArray.of(new float[] {1, 2, 3, 4}, 2, 2));
    arrays.put("h0|a.b", NdArray.of(new double[] {0.5}, 1));
    arrays.put("tokens", NdArray.of(new long[] {7, 8}, 2));
    return arrays;
  }

  private static byte[] npy(NdArray array) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, array);
    return out.toByteArray();
  }

  private void writeZip(Map<String, byte[]> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }

  private void assertRefused(String reason) {
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Npz.read(file));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.ModelFormatException;

class NpyTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void writesWhatItReadsForEveryType(ElementType type) throws IOException {
    byte[] bytes = new byte[6 * type.bytes()];
    new Random(1).nextBytes(bytes);
    NdArray array = NdArray.ofBytes("array", type, new long[] {2, 3}, bytes);

    assertEquals(array, roundTrip(array));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "24", "2, 3, 4", "1, 24, 1", "0", "3, 0, 2", "0, 4611686018427387904"})
  void writesWhatItReadsForEveryShape(String text) throws IOException {
    long[] shape = Shapes.parse(text);
    NdArray array = NdArray.of(counting((int) NdArray.elements(shape).orElseThrow()), shape);

    assertEquals(array, roundTrip(array));
  }

  @Test
  void writesTheBytesThatNumPyWrites() throws Exception {
    Path sample = Path.of(URI.create(NpyTest.class.getResource("/npy/float32.npy").toString()));

    assertArrayEquals(Files.readAllBytes(sample), bytes(NdArray.of(counting(12), 3, 4)));
  }

  @Test
  void namesWhatItReadAfterTheFile() throws IOException {
    Path file = folder.resolve("in.npy");
    Npy.write(file, NdArray.of(new int[] {7}, 1));

    assertEquals(file + ": int32 (1,)", Npy.read(file).toString());
  }

  @Test
  void leavesAStreamBehindTheArray() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, NdArray.of(new int[] {7}, 1));
    Npy.write(out, NdArray.of(new int[] {8, 9}, 2));
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());

    assertArrayEquals(new int[] {7}, Npy.read(in, "first").ints());
    assertArrayEquals(new int[] {8, 9}, Npy.read(in, "second").ints());
  }

  @Test
  void refusesAFileThatGoesOnAfterTheArray() throws IOException {
    Path file = folder.resolve("in.npy");
    byte[] whole = bytes(NdArray.of(new int[] {7}, 1));
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));

    assertRefused("goes on after the array", assertThrows(IOException.class, () -> Npy.read(file)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr':'<i4','fortran_order':False,'shape':(2,)}",
        " {\n'shape' : ( 2 ) ,\t\"descr\": \"<i4\",'fortran_order' :False , } \n"
      })
  void readsAHeaderHoweverItIsLaidOut(String header) throws IOException {
    byte[] file = file(1, header, 1, 0, 0, 0, 2, 0, 0, 0);

    assertArrayEquals(new int[] {1, 2}, Npy.read(new ByteArrayInputStream(file), "in.npy").ints());
  }

  static Stream<Arguments> malformedHeaders() {
    return Stream.of(
        arguments("''", "should have '{'"),
        arguments("{'descr': '<f4'", "should have ','"),
        arguments("{'descr': '<f4', }", "does not hold exactly"),
        arguments(
            header("'<f4'", "False", "(2,)").replace("}", "'x': 1}"), "does not hold exactly"),
        arguments(header("'<f4'", "False", "(2,)").replace("}", "'shape': (3,)}"), "only once"),
        arguments(header("'<f4'", "False", "(2,)") + "0", "its end"),
        arguments(header("'<f4'", "0", "(2,)"), "does not hold exactly"),
        arguments(header("'<f4'", "None", "(2,)"), "should have a value"),
        arguments(header("'<f4'", "Fals", "(2,)"), "should have a value"),
        arguments(header("'<f4'", "False", "2"), "does not hold exactly"),
        arguments(header("'<f4'", "False", "(2"), "should have a value"),
        arguments(header("'<f4'", "False", "(2 3)"), "should have ','"),
        arguments(header("'<f4'", "False", "(-2,)"), "dimension 0 of the shape is -2"),
        arguments(header("'<f4'", "False", "(1, '2')"), "dimension 1 of the shape is 2"),
        arguments(header("'<f4'", "False", "(2.0,)"), "should have ','"),
        arguments(header("'<f4'", "False", "(__import__('os').system('x'),)"), "have a value"),
        arguments(header("'<f4'", "False", "(99999999999999999999,)"), "at most 64 bits"),
        arguments(header("'<f4'", "False", "(4611686018427387904, 4)"), "more than 2 GiB"),
        arguments(header("'<f4'", "False", "(1099511627776,)"), "more than 2 GiB"),
        arguments(header("'<f4'", "False", "(" + "1,".repeat(65) + ")"), "65 dimensions"),
        arguments(header("'<f4'", "False", "(".repeat(5000)), "nested"),
        arguments(header("'<f4", "False", "(2,)"), "should have"),
        arguments(header("'<f\\x34'", "False", "(2,)"), "no escapes"),
        arguments(header("'f4'", "False", "(2,)"), "type 'f4'"),
        arguments(header("'|f4'", "False", "(2,)"), "type '|f4'"),
        arguments(header("'<f3'", "False", "(2,)"), "type '<f3'"),
        arguments(header("''", "False", "(2,)"), "'descr' is not a type"),
        arguments(header("7", "False", "(2,)"), "'descr' is not a type"),
        arguments(header("'|O'", "False", "(2,)"), "would run pickle"),
        arguments(header("[('a', '<f4')]", "False", "(2,)"), "structured type"),
        arguments(header("'<M8[ns]'", "False", "(2,)"), "type '<M8[ns]'"),
        arguments(header("'\n\u001b[2J'", "False", "(2,)"), "type '\uFFFD\uFFFD[2J'"));
  }

  @ParameterizedTest
  @MethodSource("malformedHeaders")
  void refusesAMalformedHeader(String header, String reason) {
    assertRefused(reason, file(1, header, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  static Stream<Arguments> malformedBeginnings() {
    return Stream.of(
        arguments(new byte[0], "is empty"),
        arguments(new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0}, "is a zip archive"),
        arguments("time,price\n1,2\n".getBytes(StandardCharsets.UTF_8), "does not start as"),
        arguments(new byte[] {(byte) 0x93, 'N', 'U'}, "does not start as"),
        arguments(file(4, header("'<f4'", "False", "(2,)")), "unknown version 4.0"),
        arguments(file(0, header("'<f4'", "False", "(2,)")), "version 0.0"),
        arguments(headerOfLength(2, 1 << 29), "header of 536870912 bytes"),
        arguments(headerOfLength(3, -1), "header of 4294967295 bytes"),
        arguments(headerOfLength(2, 1 << 20), "ends within its header"));
  }

  @ParameterizedTest
  @MethodSource("malformedBeginnings")
  void refusesWhatDoesNotBeginAsAnArray(byte[] file, String reason) {
    assertRefused(reason, file);
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    byte[] whole = bytes(NdArray.of(new float[] {1, 2, 3}, 3));

    for (int length = 0; length < whole.length; length++) {
      assertRefused("", Arrays.copyOf(whole, length));
    }
  }

  @Test
  void saysHowMuchOfTheDataIsThere() throws IOException {
    byte[] whole = bytes(NdArray.of(new float[100_000], 10, 10_000));

    assertRefused(
        "ends after 399998 of the 400000 bytes that the shape (10, 10000) of float32 takes",
        Arrays.copyOf(whole, whole.length - 2));
  }

  @Test
  void refusesAFewBytesThatDeclareTwoGibibytes() {
    assertRefused("", file(1, header("'<f4'", "False", "(536870000,)"), 0, 0, 0, 0));
  }

  @Test
  void refusesAnArrayThatTheHeapHasNoRoomFor() throws IOException {
    HeapBudget budget = new HeapBudget();
    budget.reserve(Runtime.getRuntime().maxMemory() / 2 - 399, "what was read before");
    byte[] whole = bytes(NdArray.of(new float[100], 100));

    ModelFormatException e =
        assertThrows(
            ModelFormatException.class,
            () -> Npy.read(new ByteArrayInputStream(whole), "in.npz: x", budget));

    assertEquals(
        "in.npz: x: needs 1 MiB where 0 MiB of the heap are left for it;"
            + " raise -Xmx or split the data",
        e.getMessage());
  }

  @Test
  void saysThatAFileIsMissing() {
    Path file = folder.resolve("missing.npy");

    NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> Npy.read(file));

    assertEquals(file + ": no such file; check the path", e.getMessage());
  }

  @Test
  void saysThatAFolderIsNoFile() {
    IOException e = assertThrows(IOException.class, () -> Npy.read(folder));

    assertEquals(folder + ": is a folder; give a file in it", e.getMessage());
  }

  private static float[] counting(int elements) {
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = i - 3;
    }
    return values;
  }

  private static NdArray roundTrip(NdArray array) throws IOException {
    return Npy.read(new ByteArrayInputStream(bytes(array)), "round trip");
  }

  private static byte[] bytes(NdArray array) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, array);
    return out.toByteArray();
  }

  private static void assertRefused(String reason, byte[] file) {
    assertRefused(
        reason,
        assertThrows(IOException.class, () -> Npy.read(new ByteArrayInputStream(file), "in.npy")));
  }

  private static void assertRefused(String reason, IOException e) {
    String message = e.getMessage();
    assertEquals(ModelFormatException.class, e.getClass(), message);
    assertTrue(message.contains("in.npy: "), message);
    assertTrue(message.contains(reason), message);
    assertTrue(message.lines().count() == 1, message);
  }

  private static String header(String descr, String fortranOrder, String shape) {
    return "{'descr': %s, 'fortran_order': %s, 'shape': %s, }"
        .formatted(descr, fortranOrder, shape);
  }

  private static byte[] file(int major, String header, int... data) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer file = ByteBuffer.allocate(10 + text.length + data.length);
    file.order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    file.put((byte) major).put((byte) 0).putShort((short) text.length).put(text);
    for (int value : data) {
      file.put((byte) value);
    }
    return file.array();
  }

  private static byte[] headerOfLength(int major, int length) {
    byte[] file = file(major, "  ");
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, length);
    return file;
  }
}

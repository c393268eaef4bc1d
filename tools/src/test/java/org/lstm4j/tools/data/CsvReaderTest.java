// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.ModelFormatException;

class CsvReaderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2.5\n-3,4e2\n",
        "1,2.5\n-3,4e2",
        "1,2.5\r\n-3,4e2\r\n",
        "1,2.5\n-3,4e2\n\n  \n",
        " 1 ,\t2.5\n\"-3\",  \"4e2\" \n",
        "\uFEFF+1.,2.5\n-3,4E+2\n",
        "t,x\n1,2.5\n-3,4e2\n",
      })
  void readsARowALine(String text) throws IOException {
    List<float[]> rows = readAll(text, NonFinite.REFUSE);

    assertEquals(2, rows.size());
    assertArrayEquals(new float[] {1, 2.5f}, rows.get(0));
    assertArrayEquals(new float[] {-3, 400}, rows.get(1));
  }

  @Test
  void readsEachCellAsTheNearestFloat() throws IOException {
    String text = "0.1,16777217.0000001,1e-46,3.4028235e38,-0\n";

    assertArrayEquals(
        new float[] {0.1f, 16777218, 0, Float.MAX_VALUE, -0.0f},
        readAll(text, NonFinite.REFUSE).getFirst());
  }

  static Stream<Arguments> firstRows() {
    return Stream.of(
        arguments("t,x\n1,2\n", List.of("t", "x")),
        arguments("\"a, b\",\"say \"\"c\"\"\"\n1,2\n", List.of("a, b", "say \"c\"")),
        arguments(",x\n1,2\n", List.of("", "x")),
        arguments("Tür,größe\n1,2\n", List.of("Tür", "größe")),
        arguments("1,2\n3,4\n", List.of()),
        arguments("nan,2\n3,4\n", List.of()),
        arguments("", List.of()));
  }

  @ParameterizedTest
  @MethodSource("firstRows")
  void takesAFirstRowWithoutNumbersForAHeader(String text, List<String> header) throws IOException {
    assertEquals(header, reader(text, NonFinite.ALLOW).header());
  }

  @Test
  void hasNoRowsAndNoColumnsIfEmpty() throws IOException {
    CsvReader reader = reader("", NonFinite.REFUSE);

    assertEquals(0, reader.columnCount());
    assertFalse(reader.readRow(new float[0]));
  }

  @Test
  void hasColumnsButNoRowsIfThereIsOnlyAHeader() throws IOException {
    CsvReader reader = reader("a,b,c\n", NonFinite.REFUSE);

    assertEquals(3, reader.columnCount());
    assertFalse(reader.readRow(new float[3]));
    assertFalse(reader.readRow(new float[3]));
  }

  @Test
  void refusesAnArrayOfAnotherLengthAndReadsOn() throws IOException {
    CsvReader reader = reader("1,2\n", NonFinite.REFUSE);

    assertThrows(IllegalArgumentException.class, () -> reader.readRow(new float[3]));

    assertTrue(reader.readRow(new float[2]));
  }

  @Test
  void readsWhatIsNotFiniteIfAllowed() throws IOException {
    String text = "nan,NaN,inf,-Infinity,+INF\n";

    assertArrayEquals(
        new float[] {
          Float.NaN,
          Float.NaN,
          Float.POSITIVE_INFINITY,
          Float.NEGATIVE_INFINITY,
          Float.POSITIVE_INFINITY
        },
        readAll(text, NonFinite.ALLOW).getFirst());
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        arguments("1,2\n3\n", "line 2, 1 cells where the first row has 2"),
        arguments("a,b\n1,2\n3,4,5\n", "line 3, 3 cells where the first row has 2"),
        arguments("1,2\n3,\n", "line 2, column 2 is empty"),
        arguments("a,b\n1,2\n,4\n", "line 3, column 1 ('a') is empty"),
        arguments(",\n", "line 1, column 1 is empty"),
        arguments("1,x\n", "line 1, column 2 holds 'x', not a number"),
        arguments("a,b\n1,2\n3,4;5\n", "line 3, column 2 ('b') holds '4;5', not a number"),
        arguments("1\n0x10\n", "holds '0x10', not a number"),
        arguments("1\n1f\n", "holds '1f', not a number"),
        arguments("1\n--1\n", "holds '--1', not a number"),
        arguments("1\n١\n", "holds '١', not a number"),
        arguments("1\n1 2\n", "holds '1 2', not a number"),
        arguments("1\n\u001b[2J\n", "holds '\uFFFD[2J', not a number"),
        arguments("1\n" + "9".repeat(99) + "x\n", "holds '" + "9".repeat(64) + "…', not"),
        arguments("1\n1e39\n", "holds 1e39, beyond the largest 32-bit float"),
        arguments("1\nnan\n", "holds nan; fill the gap"),
        arguments("1\n-inf\n", "holds -inf; fill the gap"),
        arguments("1\n\n2\n", "line 2 is empty; remove it"),
        arguments("1\n\"2\n", "line 2, a quote is out of place"),
        arguments("1,2\n\"3\"x,4\n", "line 2, a quote is out of place"),
        arguments("1\r2\r3\n", "line 1, a carriage return is inside"),
        arguments("a\u0000,b\n1,2\n", "line 1 is no text in UTF-8"),
        arguments("1\n" + " ".repeat(1 << 20) + "2\n", "line 2 is longer than a mebibyte"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesAMalformedTable(String text, String reason) {
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> readAll(text, NonFinite.REFUSE));

    assertTrue(e.getMessage().startsWith("in.csv: "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  @Test
  void refusesWhatIsNotUtf8() {
    InputStream latin1 =
        new ByteArrayInputStream("größe\n1\n".getBytes(StandardCharsets.ISO_8859_1));
    CsvReader reader = new CsvReader(latin1, "in.csv", NonFinite.REFUSE);

    ModelFormatException e = assertThrows(ModelFormatException.class, reader::header);

    assertTrue(e.getMessage().startsWith("in.csv: line 1 is no text in UTF-8"), e.getMessage());
  }

  @Test
  void returnsARowBeforeTheNextHasArrived() throws IOException {
    Pipe pipe = new Pipe();
    CsvReader reader = new CsvReader(pipe, "standard input", NonFinite.REFUSE);
    float[] row = new float[2];

    pipe.send("a,b\n");
    assertEquals(List.of("a", "b"), reader.header());
    pipe.send("1,2\r\n");
    assertTrue(reader.readRow(row));
    assertArrayEquals(new float[] {1, 2}, row);
    pipe.send("3,");
    pipe.send("4\n");
    assertTrue(reader.readRow(row));
    assertArrayEquals(new float[] {3, 4}, row);
    pipe.send("5,6\n7,8\n");
    assertTrue(reader.readRow(row));
    assertTrue(reader.readRow(row));
    assertArrayEquals(new float[] {7, 8}, row);
  }

  private static List<float[]> readAll(String text, NonFinite nonFinite) throws IOException {
    try (CsvReader reader = reader(text, nonFinite)) {
      List<float[]> rows = new ArrayList<>();
      float[] row = new float[reader.columnCount()];
      while (reader.readRow(row)) {
        rows.add(row.clone());
      }
      return rows;
    }
  }

  private static CsvReader reader(String text, NonFinite nonFinite) {
    InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return new CsvReader(in, "in.csv", nonFinite);
  }

  /** A pipe that fails where a real one would block. */
  private static final class Pipe extends InputStream {
    private final Deque<byte[]> sent = new ArrayDeque<>();

    void send(String text) {
      sent.add(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int read() {
      throw new AssertionError("read one byte where a buffer serves better");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      byte[] chunk = sent.poll();
      if (chunk == null) {
        throw new AssertionError("waits for more than the row asked for");
      }
      System.arraycopy(chunk, 0, bytes, offset, chunk.length);
      return chunk.length;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvWriterTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void writesARowALineWithTheFewestDigits() throws IOException {
    try (CsvWriter writer = CsvWriter.buffered(out)) {
      writer.writeRow(new float[] {0.1f, -3, 1e10f});
      writer.writeRow(new float[] {-0.5f, 16777216, 0.001f});
      writer.writeRow(new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE});
    }

    assertEquals("0.1,-3.0,1.0E10\n-0.5,1.6777216E7,0.001\nNaN,-Infinity,1.4E-45\n", written());
  }

  @Test
  void quotesANameThatHoldsAComma() throws IOException {
    try (CsvWriter writer = CsvWriter.buffered(out)) {
      writer.writeHeader(List.of("time", "load, in W", "größe"));
      writer.writeRow(new float[] {1, 2, 3});
    }

    assertEquals("time,\"load, in W\",größe\n1.0,2.0,3.0\n", written());
  }

  @Test
  void writesOneTimeStepOfASequence() throws IOException {
    try (CsvWriter writer = CsvWriter.buffered(out)) {
      writer.writeRow(new float[] {1, 2, 3, 4, 5}, 2, 2);
      assertThrows(
          IndexOutOfBoundsException.class, () -> writer.writeRow(new float[] {1, 2}, 1, 2));
    }

    assertEquals("3.0,4.0\n", written());
  }

  @Test
  void passesOnEachLineAtOnceWhenStreaming() throws IOException {
    try (CsvWriter writer = CsvWriter.streaming(out)) {
      writer.writeHeader(List.of("y"));
      assertEquals("y\n", written());
      writer.writeRow(new float[] {1});
      assertEquals("y\n1.0\n", written());
    }
  }

  @Test
  void gathersLinesWhenBuffered() throws IOException {
    try (CsvWriter writer = CsvWriter.buffered(out)) {
      writer.writeRow(new float[] {1});
      assertEquals("", written());
      writer.flush();
      assertEquals("1.0\n", written());
    }
  }

  @Test
  void writesWhatReadsBackToTheBit() throws IOException {
    float[] row = {1 / 3f, -0.0f, Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY, 1e-40f};
    try (CsvWriter writer = CsvWriter.buffered(out)) {
      writer.writeRow(row);
    }

    float[] read = new float[row.length];
    try (CsvReader reader =
        new CsvReader(new ByteArrayInputStream(out.toByteArray()), "round trip", NonFinite.ALLOW)) {
      assertTrue(reader.readRow(read));
    }
    assertArrayEquals(row, read);
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8);
  }
}

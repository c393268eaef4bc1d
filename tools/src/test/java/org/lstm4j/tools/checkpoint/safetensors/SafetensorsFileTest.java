// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

class SafetensorsFileTest {
  @TempDir Path folder;

  private Checkpoint read(String header, byte... data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json).put(data);
    return new SafetensorsFile().read(Files.write(folder.resolve("file"), bytes.array()));
  }

  private String refusal(String header, byte... data) {
    return assertThrows(Refusal.class, () -> read(header, data)).getMessage();
  }

  private static String entry(String dtype, String shape, int begin, int end) {
    return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(dtype, shape, begin, end);
  }

  @Test
  void tensorsComeInTheHeadersOrderWhereverTheyLie() throws IOException {
    Checkpoint checkpoint =
        read(
            "{\"b\":%s,\"__metadata__\":{\"format\":\"pt\"},\"a\":%s}  "
                .formatted(entry("F32", "[1]", 2, 6), entry("F16", "[1,1]", 0, 2)),
            new byte[] {0, 0x3c, 0, 0, (byte) 0x80, 0x3f});
    assertEquals(
        List.of("b float32 [1]", "a float16 [1, 1]"),
        checkpoint.tensors().stream().map(StoredTensor::toString).toList());
    for (StoredTensor tensor : checkpoint.tensors()) {
      assertArrayEquals(new float[] {1}, tensor.toTensor().toArray());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F64,FLOAT64",
    "F32,FLOAT32",
    "F16,FLOAT16",
    "BF16,BFLOAT16",
    "I64,INT64",
    "I32,INT32",
    "I16,INT16",
    "I8,INT8",
    "U64,UINT64",
    "U32,UINT32",
    "U16,UINT16",
    "U8,UINT8",
    "BOOL,BOOL"
  })
  void everyTypeIsRead(String name, DType dtype) throws IOException {
    int bytes = 2 * dtype.bytes();
    Checkpoint checkpoint =
        read("{\"t\":%s}".formatted(entry(name, "[2]", 0, bytes)), new byte[bytes]);
    assertEquals(dtype, checkpoint.tensors().getFirst().dtype());
    assertEquals(2, checkpoint.tensors().getFirst().size());
  }

  @Test
  void scalarsAndEmptyTensorsAreRead() throws IOException {
    Checkpoint checkpoint =
        read(
            "{\"scalar\":%s,\"empty\":%s}"
                .formatted(entry("U8", "[]", 0, 1), entry("F32", "[3,0]", 1, 1)),
            (byte) 7);
    assertEquals(1, checkpoint.tensors().getFirst().size());
    assertEquals(0, checkpoint.tensors().getLast().size());
  }

  @Test
  void aFileOfNoTensorsIsRead() throws IOException {
    assertEquals(List.of(), read("{}").tensors());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"more\":1}}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1]}}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[true],\"data_offsets\":[0,1]}}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]}}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}",
        "{\"t\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1e0]}}",
        "{\"t\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"t\":{\"dtype\":\"F8_E5M2\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"t\":[]}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}} {}",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}",
        "{\"__metadata__\":1}",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"
      })
  void aHeaderOfAnotherKindIsRefused(String header) {
    String sentence = refusal(header, (byte) 1);
    assertTrue(!sentence.contains("jackson") && !sentence.contains("["), sentence);
  }

  @Test
  void utf16IsNoHeader() {
    assertTrue(refusal("{\u0000}\u0000").contains("JSON"));
  }
}

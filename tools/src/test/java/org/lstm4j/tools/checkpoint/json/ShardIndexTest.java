// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.StoredTensor;

/** Every tensor comes from the shard that the index names, and from beside the index. */
class ShardIndexTest {
  @TempDir private Path folder;

  /** Shard one has a, shard two has b and c. */
  @BeforeEach
  void writeShards() throws IOException {
    Files.createDirectory(folder.resolve("model"));
    writeShard("model/one", "a");
    writeShard("model/two", "b", "c");
    writeShard("outside", "a");
  }

  private void writeShard(String name, String... tensors) throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < tensors.length; i++) {
      header
          .append(i == 0 ? "" : ",")
          .append(
              "\"%s\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}"
                  .formatted(tensors[i], i, i + 1));
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + text.length + tensors.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    Files.write(folder.resolve(name), file.array());
  }

  private Path index(String weightMap) throws IOException {
    return Files.writeString(
        folder.resolve("model/index.json"),
        "{\"metadata\": {\"total_size\": 3}, \"weight_map\": {%s}}".formatted(weightMap));
  }

  @Test
  void shardsAreOneCheckpoint() throws IOException {
    Path index = index("\"c\": \"two\", \"b\": \"two\", \"a\": \"one\"");
    assertEquals(
        List.of("a", "b", "c"),
        Checkpoints.read(index).tensors().stream().map(StoredTensor::name).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"a\": \"three\"',lacks its shard three",
    "'\"a\": \"../outside\"',named without a folder",
    "'\"a\": \"..\"',named without a folder",
    "'\"a\": \"\"',named without a folder",
    "'\"a\": \"/etc/hostname\"',named without a folder",
    "'\"a\": \"..\\\\outside\"',named without a folder",
    "'\"a\": 3',names no file for a",
    "'\"a\": \"one\", \"b\": \"one\"','places b in one, which does not hold it'",
    "'\"a\": \"one\", \"b\": \"two\"','has c in its shard two, where it does not name it'",
    "'\"a\": \"two\", \"b\": \"two\", \"c\": \"two\"','places a in two, which does not hold it'",
    "'\"a\": \"one\", \"a\": \"two\"',not valid JSON",
    "'\"a\": \"index.json\"',has a shard index.json"
  })
  void whatTheIndexAndTheShardsDoNotAgreeOnIsRefused(String weightMap, String expected)
      throws IOException {
    Path index = index(weightMap);
    String sentence =
        assertThrows(ModelFormatException.class, () -> Checkpoints.read(index)).getMessage();
    assertTrue(sentence.startsWith(index + ": "), sentence);
    assertTrue(sentence.contains(expected), sentence);
  }

  @Test
  void aTensorInTwoShardsIsRefused() throws IOException {
    writeShard("model/two", "a", "b");
    Path index = index("\"a\": \"one\", \"b\": \"two\"");
    String sentence =
        assertThrows(ModelFormatException.class, () -> Checkpoints.read(index)).getMessage();
    assertTrue(sentence.contains("has a in its shard two, where it places it in one"), sentence);
  }
}

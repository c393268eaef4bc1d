// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorNames;
import org.lstm4j.tools.checkpoint.safetensors.SafetensorsFile;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads {@code model.safetensors.index.json}: under {@code weight_map}, the name of the file beside
 * it in which each tensor lies.
 */
final class ShardIndex {
  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_SHARDS = 1000;

  // No separator of any system, and no way up.
  private static final Pattern FILE_NAME = Pattern.compile("[^/\\\\:\\p{Cntrl}]+");

  private final Path index;
  private final Map<String, String> shardOf;
  private final List<StoredTensor> tensors = new ArrayList<>();

  private ShardIndex(Path index, Map<String, String> shardOf) {
    this.index = index;
    this.shardOf = shardOf;
  }

  static Checkpoint read(Path index) throws IOException {
    ShardIndex reader = new ShardIndex(index, JsonText.read(index, ShardIndex::weightMap));
    reader.readShards();
    return new Checkpoint(index, ContainerKind.SAFETENSORS, reader.tensors, List.of(), List.of());
  }

  private static Map<String, String> weightMap(JsonParser parser) {
    Map<String, String> shardOf = new LinkedHashMap<>();
    parser.nextToken();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("weight_map")) {
        readWeightMap(parser, shardOf);
      } else {
        parser.skipChildren();
      }
    }
    return shardOf;
  }

  private static void readWeightMap(JsonParser parser, Map<String, String> shardOf) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String tensor = TensorNames.require(parser.currentName());
      JsonText.expect(
          parser.nextToken(), JsonToken.VALUE_STRING, "names no file for %s in weight_map", tensor);
      Refusal.require(
          shardOf.size() < MAX_TENSORS, "has more than %d tensors in weight_map", MAX_TENSORS);
      shardOf.put(tensor, requireFileName(tensor, parser.getString()));
    }
  }

  private static String requireFileName(String tensor, String shard) {
    Refusal.require(
        FILE_NAME.matcher(shard).matches() && !shard.equals("..") && !shard.equals("."),
        "places %s in '%s'; a shard is a file beside the index, named without a folder",
        tensor,
        shard);
    return shard;
  }

  private void readShards() throws IOException {
    Set<String> shards = new TreeSet<>(shardOf.values());
    Refusal.require(shards.size() <= MAX_SHARDS, "has more than %d shards", MAX_SHARDS);
    for (String shard : shards) {
      Refusal.require(
          Files.isRegularFile(index.resolveSibling(shard)),
          "lacks its shard %s; put all files of the checkpoint into one folder",
          shard);
    }
    for (String shard : shards) {
      readShard(shard);
    }
    Set<String> missing = new TreeSet<>(shardOf.keySet());
    tensors.forEach(tensor -> missing.remove(tensor.name()));
    if (!missing.isEmpty()) {
      String tensor = missing.iterator().next();
      throw new Refusal(
          "places %s in %s, which does not hold it; fetch the checkpoint again",
          tensor, shardOf.get(tensor));
    }
  }

  private void readShard(String shard) throws IOException {
    for (StoredTensor tensor : read(index.resolveSibling(shard), shard).tensors()) {
      Refusal.require(
          shard.equals(shardOf.get(tensor.name())),
          "has %s in its shard %s, where it %s; fetch the checkpoint again",
          tensor.name(),
          shard,
          shardOf.containsKey(tensor.name())
              ? "places it in " + shardOf.get(tensor.name())
              : "does not name it");
      tensors.add(tensor);
    }
  }

  private static Checkpoint read(Path file, String shard) throws IOException {
    try {
      return new SafetensorsFile().read(file);
    } catch (Refusal e) {
      throw Refusal.causedBy(e, "has a shard %s, which %s", shard, e.getMessage());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.TensorMemory;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A checkpoint that is JSON text; its outermost keys tell which kind. Stateless. */
public final class JsonFile implements Container {
  @Override
  public Checkpoint read(Path file) throws IOException {
    Kind kind = JsonText.read(file, JsonFile::kind);
    TensorMemory memory = new TensorMemory(Files.size(file));
    return switch (kind) {
      case SHARD_INDEX -> ShardIndex.read(file);
      case KERAS_LAYERS -> JsonText.read(file, parser -> KerasLayers.read(file, parser, memory));
      case NESTED_LISTS -> JsonText.read(file, parser -> NestedLists.read(file, parser, memory));
    };
  }

  private enum Kind {
    SHARD_INDEX,
    KERAS_LAYERS,
    NESTED_LISTS
  }

  private static Kind kind(JsonParser parser) {
    Kind kind = Kind.NESTED_LISTS;
    parser.nextToken();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("weight_map") && value == JsonToken.START_OBJECT) {
        kind = Kind.SHARD_INDEX;
      } else if (name.equals("layers") && value == JsonToken.START_ARRAY) {
        kind = Kind.KERAS_LAYERS;
      }
      parser.skipChildren();
    }
    return kind;
  }
}

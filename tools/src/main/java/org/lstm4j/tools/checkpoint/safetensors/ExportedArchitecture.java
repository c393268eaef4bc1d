// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.DeclaredArchitecture;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.DeclaredLayers;
import org.lstm4j.tools.checkpoint.Refusal;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code lstm4j_export.py} or {@link SafetensorsWriter} wrote about the network beside its
 * tensors.
 *
 * @param json its text
 */
record ExportedArchitecture(String json, List<StoredTensor> tensors)
    implements DeclaredArchitecture {
  /** Of the description. */
  static final int VERSION = 1;

  // The root, its layers, a layer, a shape; and two more for each residual around it.
  private static final int MAX_NESTING = 4 + 2 * Layer.Residual.MAX_DEPTH;

  // Ten times that of a network of as many modules as are read.
  private static final int MAX_LENGTH = 1 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxDocumentLength(MAX_LENGTH)
                          .build())
                  .build())
          .build();

  @Override
  public Blueprint blueprint(ImportOptions options) {
    JsonNode root = parse();
    Refusal.require(
        root.path("version").asInt(0) == VERSION,
        "was written by another version of lstm4j_export.py than this one reads (%d); export it"
            + " again with the script beside this lstm4j",
        VERSION);
    List<Layer> layers = new ArrayList<>();
    List<Layer.Recurrent> starting = new ArrayList<>();
    for (JsonNode node : root.path("layers")) {
      new ExportedLayer(node).addTo(layers, starting);
    }
    boolean batchFirst = root.path("batch_first").asBoolean(false);
    return DeclaredLayers.of(layers, starting, tensors, batchFirst, List.of(), options);
  }

  private JsonNode parse() {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw Refusal.causedBy(
          e,
          "has a text about its network, under 'lstm4j' in its metadata, that is not the JSON of"
              + " lstm4j_export.py; export it again");
    }
  }
}

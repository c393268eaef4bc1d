// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.DeclaredLayers;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;
import org.lstm4j.tools.checkpoint.TensorNames;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads {@code {"in_shape": ..., "layers": [{"type", "activation", "shape", "weights"}, ...]}}: a
 * Keras network as RTNeural's script {@code model_utils.py} writes it. {@code shape} is that of the
 * layer's output, [batch, time step, feature], or without time steps where the last one is read;
 * {@code weights} is what Keras' {@code get_weights()} gives.
 */
final class KerasLayers {
  private static final int MAX_LAYERS = 200;
  private static final int MAX_WEIGHTS = 8;

  private final JsonParser parser;
  private final TensorMemory memory;
  private final List<KerasLayer> layers = new ArrayList<>();

  private KerasLayers(JsonParser parser, TensorMemory memory) {
    this.parser = parser;
    this.memory = memory;
  }

  static Checkpoint read(Path file, JsonParser parser, TensorMemory memory) {
    KerasLayers reader = new KerasLayers(parser, memory);
    reader.readRoot();
    return reader.checkpoint(file);
  }

  private Checkpoint checkpoint(Path file) {
    requireKnown();
    List<Layer> network = new ArrayList<>();
    List<StoredTensor> tensors = new ArrayList<>();
    layers.forEach(layer -> layer.addTo(network, tensors, memory));
    List<Assumption> assumptions =
        List.of(Assumption.of("recurrent layers have sigmoid for the gates and tanh elsewhere"));
    return new Checkpoint(
        file,
        ContainerKind.RTNEURAL,
        tensors,
        List.of(),
        Optional.of(options -> DeclaredLayers.of(network, tensors, true, assumptions, options)),
        List.of());
  }

  private void requireKnown() {
    Refusal.require(!layers.isEmpty(), "lists no layers; export the network again");
    List<String> unknown =
        layers.stream().map(KerasLayer::type).filter(type -> !KerasLayer.isKnown(type)).toList();
    Refusal.require(
        unknown.isEmpty(),
        "has layers that lstm4j does not have: %s; it reads %s",
        String.join(", ", unknown),
        KerasLayer.KNOWN);
  }

  private void readRoot() {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("layers")) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          readLayer();
        }
      } else {
        parser.skipChildren();
      }
    }
  }

  private void readLayer() {
    String place = "layers." + layers.size();
    JsonText.expect(
        parser.currentToken(), JsonToken.START_OBJECT, "describes %s by no JSON object", place);
    Refusal.require(layers.size() < MAX_LAYERS, "has more than %d layers", MAX_LAYERS);
    KerasLayer.Builder layer = new KerasLayer.Builder(place);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String property = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (property) {
        case "type" -> layer.type = text(place, property, value);
        case "activation" -> layer.activation = text(place, property, value);
        case "name" -> layer.name = TensorNames.require(text(place, property, value));
        case "shape" -> readShape(layer, value);
        case "weights" -> readWeights(layer, value);
        default -> parser.skipChildren();
      }
    }
    layers.add(layer.build());
  }

  private String text(String place, String property, JsonToken value) {
    JsonText.expect(value, JsonToken.VALUE_STRING, "has no text for the %s of %s", property, place);
    return parser.getString();
  }

  /** Only how many dimensions it has is not known from the weights. */
  private void readShape(KerasLayer.Builder layer, JsonToken value) {
    if (value != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return;
    }
    int dimensions = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      parser.skipChildren();
      dimensions++;
    }
    layer.dimensions = dimensions;
  }

  private void readWeights(KerasLayer.Builder layer, JsonToken value) {
    JsonText.expect(value, JsonToken.START_ARRAY, "has no list for the weights of %s", layer.place);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String name = layer.place + ".weights." + layer.weights.size();
      JsonText.expect(parser.currentToken(), JsonToken.START_ARRAY, "has no list in %s", name);
      Refusal.require(
          layer.weights.size() < MAX_WEIGHTS, "has more weights of %s than any layer", layer.place);
      layer.weights.add(NestedList.read("", name, parser, memory));
    }
  }
}

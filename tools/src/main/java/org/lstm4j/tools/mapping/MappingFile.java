// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.mapping;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorNames;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads mapping files. */
public final class MappingFile {
  private static final int MAX_BYTES = 1 << 20;

  // The root, the LSTMs, one of them, its gates, a gate.
  private static final int MAX_NESTING = 5;

  private static final String ADVICE = "; tools/docs/mapping.md has examples";

  private static final List<String> GATES = List.of("i", "f", "g", "o");

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
                  .build())
          .build();

  private MappingFile() {}

  /**
   * The layers that a file describes, in its order.
   *
   * @throws Refusal if it describes none, or is no mapping file
   * @throws IOException if reading fails
   */
  public static List<MappedLayer> read(Path file) throws IOException {
    JsonNode root = parse(file);
    requireKeys(root, "the mapping", Set.of("lstm", "linear"));
    List<MappedLayer> layers = new ArrayList<>();
    root.path("lstm").forEach(node -> layers.add(lstm(node)));
    root.path("linear").forEach(node -> layers.add(linear(node)));
    Refusal.require(!layers.isEmpty(), "maps no layer, under neither 'lstm' nor 'linear'" + ADVICE);
    requireDistinct(layers);
    return layers;
  }

  private static JsonNode parse(Path file) throws IOException {
    Refusal.require(Files.isRegularFile(file), "is no file; give a mapping file");
    byte[] text;
    try (InputStream in = Files.newInputStream(file)) {
      text = in.readNBytes(MAX_BYTES + 1);
    }
    Refusal.require(text.length <= MAX_BYTES, "is larger than 1 MiB, so it is no mapping file");
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      String reason = e.getOriginalMessage().split("[:(]", 2)[0].strip();
      throw Refusal.causedBy(e, "is not the JSON of a mapping file (%s)" + ADVICE, reason);
    }
  }

  private static MappedLstm lstm(JsonNode node) {
    String name = text(node, "an LSTM", "name");
    String place = "the LSTM '" + name + "'";
    requireKeys(node, place, Set.of("name", "orientation", "concatenated", "gates"));
    boolean hiddenFirst = choice(node, place, "orientation", "in,hidden", "hidden,in") == 1;
    MappedLstm.Joined joined = MappedLstm.Joined.NO;
    if (node.has("concatenated")) {
      boolean hFirst = choice(node, place, "concatenated", "x,h", "h,x") == 1;
      joined = hFirst ? MappedLstm.Joined.H_X : MappedLstm.Joined.X_H;
    }
    JsonNode gates = node.path("gates");
    requireKeys(gates, "the gates of " + place, Set.copyOf(GATES));
    List<MappedLstm.Gate> mapped = new ArrayList<>();
    for (String gate : GATES) {
      mapped.add(gate(gates.path(gate), "the gate " + gate + " of " + place, joined));
    }
    Refusal.require(
        mapped.stream().map(gate -> gate.biases().size()).distinct().count() == 1,
        "gives some gates of %s a bias and others none, or another number" + ADVICE,
        place);
    return new MappedLstm(name, hiddenFirst, joined, mapped);
  }

  private static MappedLstm.Gate gate(JsonNode node, String place, MappedLstm.Joined joined) {
    List<String> biases = new ArrayList<>();
    boolean two = node.has("b_x") || node.has("b_h");
    if (two) {
      biases.add(text(node, place, "b_x"));
      biases.add(text(node, place, "b_h"));
    } else if (node.has("b")) {
      biases.add(text(node, place, "b"));
    }
    Set<String> ofBias = two ? Set.of("b_x", "b_h") : Set.of("b");
    Set<String> keys = new HashSet<>(ofBias);
    if (joined == MappedLstm.Joined.NO) {
      keys.addAll(Set.of("x", "h"));
      requireKeys(node, place, keys);
      return new MappedLstm.Gate(text(node, place, "x"), text(node, place, "h"), biases);
    }
    keys.add("xh");
    requireKeys(node, place, keys);
    String both = text(node, place, "xh");
    return new MappedLstm.Gate(both, both, biases);
  }

  private static MappedLinear linear(JsonNode node) {
    String name = text(node, "a Linear", "name");
    String place = "the Linear '" + name + "'";
    requireKeys(node, place, Set.of("name", "orientation", "weight", "bias"));
    return new MappedLinear(
        name,
        choice(node, place, "orientation", "in,out", "out,in") == 1,
        text(node, place, "weight"),
        node.has("bias") ? Optional.of(text(node, place, "bias")) : Optional.empty());
  }

  private static void requireDistinct(List<MappedLayer> layers) {
    Set<String> names = new HashSet<>();
    Set<String> sources = new HashSet<>();
    for (MappedLayer layer : layers) {
      Refusal.require(names.add(layer.name()), "calls two layers '%s'", layer.name());
      for (String source : layer.sources()) {
        Refusal.require(sources.add(source), "uses the tensor '%s' in two layers", source);
      }
    }
  }

  private static void requireKeys(JsonNode node, String place, Set<String> known) {
    Refusal.require(node.isObject(), "describes %s by no JSON object" + ADVICE, place);
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      Refusal.require(
          known.contains(property.getKey()),
          "describes %s by '%s', where there can be %s" + ADVICE,
          place,
          property.getKey(),
          String.join(", ", known.stream().sorted().toList()));
    }
  }

  private static String text(JsonNode node, String place, String key) {
    JsonNode value = node.path(key);
    Refusal.require(
        value.isString() && !value.asString().isBlank(),
        "has no text under '%s' for %s" + ADVICE,
        key,
        place);
    return TensorNames.require(value.asString());
  }

  /** 0 or 1; blanks do not count. */
  private static int choice(JsonNode node, String place, String key, String first, String second) {
    String value = text(node, place, key).replace(" ", "");
    Refusal.require(
        value.equals(first) || value.equals(second),
        "has '%s' under '%s' for %s, where there can be '%s' or '%s'" + ADVICE,
        value,
        key,
        place,
        first,
        second);
    return value.equals(second) ? 1 : 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checkpoints that real PyTorch wrote, and the hostile ones beside them. */
public final class Goldens {
  private static final String GOOD = "goldens.json";
  private static final String ONNX = "onnx/onnx.json";
  private static final List<String> BAD = List.of("bad/bad.json", "onnx/bad/bad.json");
  private static final String KINDS = "files/files.json";
  private static final String MODULES = "modules/modules.json";
  private static final String FORMATS = "formats/formats.json";

  private Goldens() {}

  /** A checkpoint that is imported, and the options that it needs. */
  public record Good(String name, Path checkpoint, List<String> options) {
    public ImportOptions importOptions() {
      return Goldens.importOptions(options);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A file that is refused, and what the sentence has to name. */
  public record Bad(Path file, List<String> options, String about, String expected) {
    public ImportOptions importOptions() {
      return Goldens.importOptions(options);
    }

    @Override
    public String toString() {
      return file.getFileName() + ": " + about;
    }
  }

  /**
   * A file of another kind that holds the network of {@link #kindsOfFiles}' weights.
   *
   * @param modules the class of each module by its path, where modules are stored
   * @param renamed the names of modules that the file does not keep, by those of the network
   */
  public record Kind(
      Path file, List<String> options, Map<String, String> modules, Map<String, String> renamed) {
    public ImportOptions importOptions() {
      return Goldens.importOptions(options);
    }

    @Override
    public String toString() {
      return file.getFileName().toString();
    }
  }

  /** A whole module that is refused without its options, and what the sentence names. */
  public record Refused(Path file, List<String> options, List<String> expected) {
    public ImportOptions importOptions() {
      return Goldens.importOptions(options);
    }

    @Override
    public String toString() {
      return file.getFileName().toString();
    }
  }

  /** The whole modules that are refused without options. */
  public static Stream<Refused> refusedModules() {
    return manifest(MODULES)
        .filter(entry -> !entry.get("refused").isEmpty())
        .map(entry ->
            new Refused(
                path("modules/" + entry.get("checkpoint").asString()),
                options(entry),
                entry.get("refused").valueStream().map(JsonNode::asString).toList()));
  }

  public static Stream<Kind> kindsOfFiles() {
    return manifest(KINDS)
        .map(entry ->
            new Kind(
                path("files/" + entry.get("checkpoint").asString()),
                options(entry),
                texts(entry.get("modules")),
                texts(entry.get("renamed"))));
  }

  /** The state dict of the network that is in all kinds of files. */
  public static Path weights() {
    return path("files/weights.pt");
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString()));
    return texts;
  }

  public static Stream<Good> good() {
    return good(GOOD, "");
  }

  /** The ONNX models among those that are imported. */
  public static Stream<Good> onnx() {
    return good(ONNX, "onnx/");
  }

  /** The whole modules, and state dicts beside them. */
  public static Stream<Good> modules() {
    return good(MODULES, "modules/");
  }

  /** The files that torch.save has not written, but for those that are mapped or in shards. */
  public static Stream<Good> formats() {
    return good(FORMATS, "formats/")
        .filter(golden -> !golden.options().contains("--map") && !golden.name().equals("shards"));
  }

  public static Good onnx(String name) {
    return onnx().filter(golden -> golden.name().equals(name)).findFirst().orElseThrow();
  }

  private static Stream<Good> good(String manifest, String folder) {
    return manifest(manifest)
        .map(entry ->
            new Good(
                entry.get("name").asString(),
                path(folder + entry.get("checkpoint").asString()),
                options(entry)));
  }

  public static Good good(String name) {
    return good().filter(golden -> golden.name().equals(name)).findFirst().orElseThrow();
  }

  public static Stream<Bad> bad() {
    return BAD.stream().flatMap(Goldens::bad);
  }

  private static Stream<Bad> bad(String manifest) {
    String folder = manifest.substring(0, manifest.lastIndexOf('/') + 1);
    return manifest(manifest)
        .map(entry ->
            new Bad(
                path(folder + entry.get("file").asString()),
                options(entry),
                entry.get("about").asString(),
                entry.get("expect").asString()));
  }

  private static Stream<JsonNode> manifest(String name) {
    List<JsonNode> entries = new ArrayList<>();
    JsonMapper.shared().readTree(path(name).toFile()).forEach(entries::add);
    return entries.stream();
  }

  private static List<String> options(JsonNode entry) {
    List<String> options = new ArrayList<>();
    entry.get("options").forEach(option -> options.add(option.asString()));
    return options;
  }

  /** Where the test classes and resources lie. */
  public static Path root() {
    return path(GOOD).getParent().getParent();
  }

  private static Path path(String name) {
    try {
      return Path.of(Goldens.class.getResource("/goldens/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The options as they stand on the command line of {@code lstm4j convert}. */
  public static ImportOptions importOptions(List<String> arguments) {
    ImportOptions.Builder builder = ImportOptions.builder();
    Iterator<String> words = arguments.iterator();
    while (words.hasNext()) {
      switch (words.next()) {
        case "--batch-first" -> builder.batchFirst(true);
        case "--nonlinearity" -> builder.nonlinearity(words.next());
        case "--read" -> builder.read(words.next());
        case "--activation" -> builder.activation(words.next());
        case "--read-after" -> builder.readAfter(words.next());
        case "--eps" -> builder.eps(words.next());
        case "--initial-state" -> builder.initialState(words.next());
        case "--residual" -> builder.residual(words.next());
        case "--input" -> builder.input(words.next());
        case "--one-to-many" -> builder.oneToMany(words.next());
        case "--layers" -> builder.layers(words.next());
        case "--order" -> builder.order(words.next());
        case "--select" -> builder.select(words.next());
        case String other -> throw new IllegalArgumentException("no option " + other);
      }
    }
    return builder.build();
  }
}

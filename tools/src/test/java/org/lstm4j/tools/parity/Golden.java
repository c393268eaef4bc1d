// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.MappingExamples;
import org.lstm4j.tools.cli.ImportOptionsMixin;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.data.Npz;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checkpoint that PyTorch wrote, and what PyTorch computed with it.
 *
 * @param name of the golden
 * @param checkpoint to import
 * @param arrays file with the input and the references
 * @param options of {@code lstm4j convert}
 */
record Golden(String name, Path checkpoint, Path arrays, List<String> options) {
  /** All goldens of state dicts, in the manifest's order. */
  static Stream<Golden> all() {
    return in("/goldens/goldens.json");
  }

  /** The ONNX models among the checkpoints. */
  static Stream<Golden> onnx() {
    return in("/goldens/onnx/onnx.json");
  }

  /** The whole modules among the checkpoints. */
  static Stream<Golden> modules() {
    return in("/goldens/modules/modules.json");
  }

  /** One network in every kind of file. */
  static Stream<Golden> kindsOfFiles() {
    return in("/goldens/files/files.json");
  }

  /** Those whose batch rows have lengths of their own. */
  static Stream<Golden> lengths() {
    return in("/goldens/lengths.json");
  }

  /** The goldens of a manifest, in its order. */
  static Stream<Golden> in(String resource) {
    Path manifest = manifest(resource);
    return JsonMapper.shared().readTree(manifest).valueStream().map(entry -> of(manifest, entry));
  }

  private static Path manifest(String resource) {
    try {
      return Path.of(Golden.class.getResource(resource).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Golden of(Path manifest, JsonNode entry) {
    return new Golden(
        entry.get("name").asString(),
        manifest.resolveSibling(entry.get("checkpoint").asString()),
        manifest.resolveSibling(entry.get("golden").asString()),
        entry.get("options").valueStream().map(JsonNode::asString).toList());
  }

  /** Imports the checkpoint, writes the model into a folder, and opens it. */
  Network open(Path folder) throws IOException {
    Path model = folder.resolve(name + ".l4j");
    if (Files.notExists(model)) {
      try (Network imported = importNetwork(folder)) {
        ModelFile.write(imported, model);
      }
    }
    return ModelFile.open(model);
  }

  /**
   * Imports the checkpoint.
   *
   * @param folder for files that the options need
   */
  Network importNetwork(Path folder) throws IOException {
    ImportOptionsMixin mixin = new ImportOptionsMixin();
    CommandLine command = new CommandLine(CommandLine.Model.CommandSpec.create());
    command.addMixin("options", mixin);
    command.parseArgs(withMapping(folder).toArray(String[]::new));
    return Checkpoints.importNetwork(checkpoint, mixin.toImportOptions()).network();
  }

  /** A mapping is given by the number of an example in the documentation. */
  private List<String> withMapping(Path folder) throws IOException {
    List<String> words = new ArrayList<>(options);
    int value = words.indexOf("--map") + 1;
    if (value > 0) {
      Path mapping = folder.resolve(name + ".mapping.json");
      words.set(value, Files.writeString(mapping, example(words.get(value))).toString());
    }
    return words;
  }

  private static String example(String text) throws IOException {
    String[] words = text.split(" ", 2);
    String example = MappingExamples.get(Integer.parseInt(words[0]));
    return words.length == 1 ? example : example.replaceAll(", \"b\": \"b_[ifgo]\"", "");
  }

  NamedArrays read() throws IOException {
    return new NamedArrays(arrays.getFileName().toString(), Npz.read(arrays));
  }

  @Override
  public String toString() {
    return name;
  }
}

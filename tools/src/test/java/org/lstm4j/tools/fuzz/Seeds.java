// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.Normalisation;
import org.lstm4j.format.Normalisation.Column;
import org.lstm4j.format.StateFile;
import org.lstm4j.format.Vocabulary;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.Goldens;
import org.lstm4j.tools.MappingExamples;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.FileSignature;
import org.lstm4j.tools.cli.TestNetworks;

/** Files to start fuzzing from: the goldens, good and bad, and what is made of them. */
final class Seeds {
  // Large files are changed slowly, and in places that matter seldom.
  private static final int MAX_BYTES = 1 << 14;

  private static final Path FORMATS = Goldens.root().resolve("goldens").resolve("formats");
  private static final String SHARD_INDEX = ".safetensors.index.json";

  private static Network networkOfStates;
  private static List<StoredTensor> mapped;

  private Seeds() {}

  /** The checkpoints of one kind. */
  static List<byte[]> goldens(FileSignature kind) throws IOException {
    return files("goldens", file -> FileSignature.of(file) == kind);
  }

  static List<byte[]> scripts() throws IOException {
    return naming("/code/");
  }

  /** Whole modules; only their pickles name the classes of PyTorch's layers. */
  static List<byte[]> modules() throws IOException {
    return naming("ctorch.nn.modules");
  }

  private static List<byte[]> naming(String words) throws IOException {
    return goldens(FileSignature.ZIP).stream()
        .filter(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).contains(words))
        .toList();
  }

  /** The index of the golden shards. */
  static List<byte[]> shardIndexes() throws IOException {
    return files("goldens", file -> file.toString().endsWith(SHARD_INDEX));
  }

  /** Puts the golden shards into a folder, unless they are there. */
  static void placeShards(Path folder) throws IOException {
    try (Stream<Path> formats = Files.list(FORMATS)) {
      for (Path shard : formats.filter(Seeds::isShard).toList()) {
        Path placed = folder.resolve(shard.getFileName());
        if (Files.notExists(placed)) {
          Files.copy(shard, placed);
        }
      }
    }
  }

  private static boolean isShard(Path file) {
    return file.getFileName().toString().matches("shards-.*\\.safetensors");
  }

  /** The mapping files of the documentation. */
  static List<byte[]> mappings() throws IOException {
    List<byte[]> mappings = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      mappings.add(MappingExamples.get(i).getBytes(StandardCharsets.UTF_8));
    }
    return mappings;
  }

  /**
   * The tensors that the first of {@link #mappings} names, and those that the second names.
   *
   * @param file where they are said to be from
   */
  static synchronized Checkpoint mapped(Path file) throws IOException {
    if (mapped == null) {
      List<StoredTensor> tensors = new ArrayList<>();
      tensors.addAll(Checkpoints.read(FORMATS.resolve("mapped-matrices.npz")).tensors());
      tensors.addAll(Checkpoints.read(FORMATS.resolve("mapped-linears.pt")).tensors());
      mapped = tensors;
    }
    return new Checkpoint(file, ContainerKind.NPZ, mapped, List.of(), List.of());
  }

  /** What NumPy wrote. */
  static List<byte[]> samples(String suffix) throws IOException {
    List<byte[]> samples = new ArrayList<>(files("npy", file -> file.toString().endsWith(suffix)));
    samples.addAll(files("goldens", file -> file.toString().endsWith(suffix)));
    return samples;
  }

  static List<byte[]> tables() {
    return Stream.of(
            "1,2.5\n-3,4e2\n",
            "t,x\r\n0.1,\"-7\"\r\n.5,1e-46\r\n\n",
            "\uFEFF\"a, b\",\"say \"\"c\"\"\"\n 1 ,\tnan\n-inf,16777217.0000001\n")
        .map(table -> table.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** A model file of each golden network. */
  static List<byte[]> modelFiles() throws IOException {
    List<byte[]> models = new ArrayList<>();
    for (Goldens.Good golden : Goldens.good().toList()) {
      try (Network network = network(golden)) {
        models.add(written(file -> ModelFile.write(network, file)));
      }
    }
    models.addAll(modelFilesWithAttachments());
    return small(models);
  }

  /** Of a network that takes tokens and one that takes vectors: between them, every attachment. */
  private static List<byte[]> modelFilesWithAttachments() throws IOException {
    TrainingState state =
        new TrainingState(
            Map.of("step", Tensor.of(new float[] {1}), "m", Tensor.of(new float[] {2, 3}, 2)),
            Map.of("step", -1L),
            Map.of("loss", 0.25));
    Attachments attachments = Attachments.none().with(state).with(new Labels(List.of("a", "b")));
    Vocabulary vocabulary =
        new Vocabulary(Vocabulary.Kind.WORD, List.of("<unk>", "to", "be"), OptionalInt.of(0));
    List<Column> columns = List.of(new Column("x", 1, 2), new Column("y", -1, 0.5));
    return List.of(
        modelFile(new Layer.Embedding("emb", 3, 2), attachments.with(vocabulary)),
        modelFile(
            new Layer.Linear("fc", 2, 2, true),
            attachments.with(new Normalisation(columns, columns, 7, 1))));
  }

  private static byte[] modelFile(Layer layer, Attachments attachments) throws IOException {
    Network.Builder builder = Network.builder().add(layer);
    try (Network network = TestNetworks.build(builder)) {
      return written(file -> ModelFile.write(network, attachments, file));
    }
  }

  /** States of {@link #networkOfStates}. */
  static List<byte[]> stateFiles() throws IOException {
    List<byte[]> states = new ArrayList<>();
    for (int batch = 1; batch <= 3; batch++) {
      State state = State.zeros(networkOfStates(), batch);
      states.add(written(file -> StateFile.write(state, file)));
    }
    return states;
  }

  /** The network that all states are read for; never closed. */
  static synchronized Network networkOfStates() throws IOException {
    if (networkOfStates == null) {
      networkOfStates = network(Goldens.good().findFirst().orElseThrow());
    }
    return networkOfStates;
  }

  /** The inputs that once broke a reader. */
  static List<byte[]> found(FuzzedReader reader) throws IOException {
    Path folder = Goldens.root().resolve("fuzz").resolve(reader.name());
    return Files.isDirectory(folder) ? files("fuzz/" + reader.name(), _ -> true) : List.of();
  }

  private static Network network(Goldens.Good golden) throws IOException {
    return Checkpoints.importNetwork(golden.checkpoint(), golden.importOptions()).network();
  }

  private static byte[] written(ReaderContract.Reading writing) throws IOException {
    Path file = Files.createTempFile("seed", "");
    try {
      writing.read(file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  @FunctionalInterface
  private interface Selection {
    boolean contains(Path file) throws IOException;
  }

  private static List<byte[]> files(String folder, Selection selection) throws IOException {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(Goldens.root().resolve(folder))) {
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        if (selection.contains(path)) {
          files.add(Files.readAllBytes(path));
        }
      }
    }
    return small(files);
  }

  private static List<byte[]> small(List<byte[]> files) {
    return files.stream().filter(bytes -> bytes.length <= MAX_BYTES).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.Imported;
import org.lstm4j.tools.StoredTensor;

/**
 * A network out of a file of any kind: an {@code .l4j} model, or a checkpoint that is imported.
 *
 * @param file where it comes from
 * @param network closed with this
 * @param checkpoint what was imported; empty for a model
 * @param sources the tensor that each parameter was imported from; none for a model
 * @param assumptions that the import made
 */
record LoadedModel(
    Path file,
    Network network,
    Optional<Checkpoint> checkpoint,
    Map<String, StoredTensor> sources,
    List<Assumption> assumptions)
    implements AutoCloseable {

  /** Opens a model or imports a checkpoint, with float32 weights. */
  static LoadedModel load(Path file, ImportOptionsMixin options) throws IOException {
    return load(file, options, WeightStorage.FLOAT32);
  }

  /**
   * Opens a model or imports a checkpoint, whichever the contents of the file are.
   *
   * @param weights how the network holds them
   */
  static LoadedModel load(Path file, ImportOptionsMixin options, WeightStorage weights)
      throws IOException {
    ImportOptions importOptions = options.toImportOptions();
    // A file of that name which is damaged at its beginning is best told so by its own reader.
    boolean named = file.toString().toLowerCase(Locale.ROOT).endsWith(".l4j");
    if (!ModelFile.isModelFile(file) && !named) {
      return importCheckpoint(file, importOptions, weights);
    }
    options.requireNoneFor(file);
    return new LoadedModel(
        file, ModelFile.open(file, weights), Optional.empty(), Map.of(), List.of());
  }

  /** Imports a checkpoint, with float32 weights. */
  static LoadedModel importCheckpoint(Path file, ImportOptions options) throws IOException {
    return importCheckpoint(file, options, WeightStorage.FLOAT32);
  }

  /** Imports a checkpoint. */
  static LoadedModel importCheckpoint(Path file, ImportOptions options, WeightStorage weights)
      throws IOException {
    Checkpoint checkpoint = Checkpoints.read(file);
    Imported imported = Checkpoints.importNetwork(checkpoint, options, weights);
    return new LoadedModel(
        file,
        imported.network(),
        Optional.of(checkpoint),
        imported.sources(),
        imported.assumptions());
  }

  /** Says what the import assumed, a line each. */
  void printAssumptions(PrintWriter out) {
    for (Assumption assumption : assumptions) {
      out.println("assumed: " + Sentence.printable(assumption.toString()));
    }
  }

  @Override
  public void close() {
    network.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.lstm4j.engine.training.Initialization;
import picocli.CommandLine.Option;

/** The options that say what a training begins with, and what of it does not learn. */
final class StartMixin {
  @Option(
      names = "--init",
      paramLabel = "NAME",
      defaultValue = "pytorch",
      converter = InitOption.class,
      description =
          "Weights to begin with: pytorch, or d2l for normal ones of deviation 0.01 and no biases."
              + " Default: ${DEFAULT-VALUE}.")
  private InitName init;

  @Option(
      names = "--from",
      paramLabel = "MODEL.l4j",
      description =
          "Begin with the network and the weights of a model, trained or imported, instead of a new"
              + " network.")
  private Path from;

  @Option(
      names = "--freeze",
      split = ",",
      paramLabel = "NAME",
      description = "Layers, or single parameters, that do not learn; 'inspect' names them.")
  private Set<String> frozen = new TreeSet<>();

  /** The words for initialisations. */
  enum InitName {
    PYTORCH,
    D2L
  }

  static final class InitOption extends WordOption<InitName> {
    InitOption() {
      super(InitName.class);
    }
  }

  Initialization initialization() {
    return switch (init) {
      case PYTORCH -> Initialization.pyTorch();
      case D2L -> Initialization.d2l();
    };
  }

  /** {@return the file of the model to begin with, or {@code null}} */
  Path from() {
    return from;
  }

  /** {@return the model to begin with} */
  Optional<PretrainedModel> pretrained() throws IOException {
    return from == null ? Optional.empty() : Optional.of(PretrainedModel.read(from));
  }

  Set<String> frozen() {
    return frozen;
  }

  /** What the numbers of a run depend on, as they are written into the model. */
  Map<String, String> settings() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("init", WordOption.word(init));
    settings.put("from", from == null ? "none" : DataFingerprint.of(from));
    settings.put("freeze", String.join(",", new TreeSet<>(frozen)));
    return settings;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.LayerKind;
import org.lstm4j.tools.ResidualSpan;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * What is known of a network besides its tensors: from the user, whose word counts more, and from
 * modules that were saved as objects.
 */
record Told(ImportOptions options, SavedModules saved) {
  /** What matrices without bias are, by label. */
  Map<String, LayerKind> kinds() {
    Map<String, LayerKind> kinds = new HashMap<>(saved.kinds());
    kinds.putAll(options.layers());
    return kinds;
  }

  /** The functions applied after a module, in their order. */
  List<ActivationFunction> activations(String label) {
    Optional<ActivationFunction> given = options.activations().get(label);
    if (given != null) {
      return given.stream().toList();
    }
    return saved.applied().stream()
        .filter(applied -> applied.after().equals(label))
        .flatMap(applied -> applied.function().stream())
        .toList();
  }

  /** Whether the batch comes first, if that is known. */
  Optional<Boolean> batchFirst() {
    return options.batchFirst() ? Optional.of(true) : saved.batchFirst();
  }

  /** What an RNN applies, if that is known. */
  Optional<ActivationFunction> nonlinearity(String label) {
    return options.nonlinearity().or(() -> saved.nonlinearity(label));
  }

  /**
   * The residual connections.
   *
   * @throws Refusal if the file says of one what no layer can do
   */
  List<ResidualSpan> residuals(List<Step> steps) {
    if (options.residuals().isPresent() || saved.skip() == 0) {
      return options.residuals().orElse(List.of());
    }
    int in = steps.getFirst().layer().inputSize();
    int out = steps.getLast().layer().outputSize();
    int added = Math.min(saved.skip(), in);
    Refusal.require(
        added == in && added == out,
        "adds %d of its %d input features to its %d output features (skip), where lstm4j can only"
            + " add all to as many; --residual none imports it without",
        added,
        in,
        out);
    String first = steps.getFirst().groups().getFirst().label();
    String last = steps.getLast().groups().getLast().label();
    return List.of(new ResidualSpan(first, last));
  }

  /** What a layer norm adds to the variance, if that is known. */
  Optional<Float> eps(String label) {
    return options.eps().or(() -> saved.eps(label));
  }

  /**
   * The modules with what tensors do not say of RNNs and layer norms, and with the layer norms that
   * have no tensors.
   *
   * @throws Refusal if the user says something of a kind that there is none of
   */
  List<ModuleGroup> complete(List<ModuleGroup> modules) {
    List<ModuleGroup> complete = new ArrayList<>(modules.stream().map(this::complete).toList());
    saved
        .normsWithoutWeights()
        .forEach((norm, after) -> complete.add(behind(after, complete), withoutWeights(norm)));
    Refusal.require(
        options.nonlinearity().isEmpty() || complete.stream().anyMatch(Told::isRnn),
        "has no RNN in the selected part for --nonlinearity; leave that out");
    Refusal.require(
        options.eps().isEmpty() || complete.stream().anyMatch(ModuleGroup.Norm.class::isInstance),
        "has no LayerNorm in the selected part for --eps; leave that out");
    return complete;
  }

  private ModuleGroup complete(ModuleGroup module) {
    return switch (module) {
      case ModuleGroup.Recurrent(Layer.Rnn rnn, List<NamedTensor> tensors) ->
          new ModuleGroup.Recurrent(
              with(rnn, nonlinearity(module.label()).orElse(rnn.nonlinearity())), tensors);
      case ModuleGroup.Norm(Layer.LayerNorm norm, List<NamedTensor> tensors) ->
          new ModuleGroup.Norm(
              new Layer.LayerNorm(
                  norm.name(),
                  norm.size(),
                  eps(module.label()).orElse(norm.eps()),
                  norm.elementwiseAffine(),
                  norm.bias()),
              tensors);
      // Of a layer norm without bias; alone, it could be anything.
      case ModuleGroup.Loose(NamedTensor tensor)
          when isNorm(tensor) && tensor.parameter().equals("weight") && tensor.dimensions() == 1 ->
          new ModuleGroup.Norm(
              norm(tensor.module(), Math.toIntExact(tensor.stored().size()), true),
              List.of(tensor));
      default -> module;
    };
  }

  private static boolean isRnn(ModuleGroup module) {
    return module instanceof ModuleGroup.Recurrent recurrent
        && recurrent.layer() instanceof Layer.Rnn;
  }

  private boolean isNorm(NamedTensor tensor) {
    return saved.isNorm(tensor.module().isEmpty() ? "." : tensor.module());
  }

  private ModuleGroup.Norm withoutWeights(String label) {
    return new ModuleGroup.Norm(norm(label, saved.normalizedShape(label), false), List.of());
  }

  /** Without bias. */
  private Layer.LayerNorm norm(String name, int size, boolean weight) {
    String label = name.isEmpty() ? "." : name;
    return new Layer.LayerNorm(
        name, size, eps(label).orElse(Layer.LayerNorm.of(name, size).eps()), weight, false);
  }

  private static int behind(String label, List<ModuleGroup> modules) {
    for (int i = 0; i < modules.size(); i++) {
      if (modules.get(i).label().equals(label)) {
        return i + 1;
      }
    }
    return 0;
  }

  private static Layer.Rnn with(Layer.Rnn rnn, ActivationFunction nonlinearity) {
    return new Layer.Rnn(
        rnn.name(),
        rnn.inputSize(),
        rnn.hiddenSize(),
        rnn.numLayers(),
        rnn.bias(),
        rnn.bidirectional(),
        rnn.cell(),
        nonlinearity);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.LayerKind;
import org.lstm4j.tools.ReadOption;
import org.lstm4j.tools.SavedModule;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * What a checkpoint's modules that were saved as objects say of the network: what each is, and
 * which functions are applied between them. They say nothing where state dicts alone were saved.
 */
final class SavedModules {
  private static final int MOST_NAMED = 6;

  // GuitarML's networks: forward() returns lin(rec(x)) + x[:, :, 0:skip].
  private static final String GUITAR_ML = "SimpleRNN";

  private final String prefix;
  private final Set<String> withWeights;
  private final Set<String> withLooseTensors;
  private final ImportOptions options;
  private final Map<String, SavedModule> layers = new LinkedHashMap<>();
  private final List<Applied> applied = new ArrayList<>();
  private final Map<String, SavedModule> unknown = new LinkedHashMap<>();
  private final Map<String, String> normsWithoutWeights = new LinkedHashMap<>();
  private String last = "";
  private int skip;

  /**
   * A function that a module applies.
   *
   * @param module its label
   * @param type its class
   * @param function empty if the file does not say which
   * @param after the label of the layer that is defined before it; empty if none is
   * @param certain whether the order of definition is the one in which data flows
   */
  record Applied(
      String module,
      String type,
      Optional<ActivationFunction> function,
      String after,
      boolean certain) {}

  private SavedModules(String prefix, List<ModuleGroup> groups, ImportOptions options) {
    this.prefix = prefix;
    this.options = options;
    this.withWeights =
        groups.stream()
            .filter(group -> !(group instanceof ModuleGroup.Loose))
            .map(ModuleGroup::label)
            .collect(Collectors.toSet());
    this.withLooseTensors =
        groups.stream()
            .filter(ModuleGroup.Loose.class::isInstance)
            .map(group -> label(group.tensors().getFirst().module()))
            .collect(Collectors.toSet());
  }

  /**
   * The saved modules that a network's tensors come from.
   *
   * @param tensors the network's
   * @param groups what these tensors make
   * @param options of the import
   */
  static SavedModules of(
      Checkpoint checkpoint,
      List<NamedTensor> tensors,
      List<ModuleGroup> groups,
      ImportOptions options) {
    SavedModules modules = new SavedModules(leftOut(tensors.getFirst()), groups, options);
    checkpoint.modules().forEach(modules::enter);
    return modules;
  }

  /** What was taken away before all names: the dict, the user's selection, a wrapper. */
  private static String leftOut(NamedTensor tensor) {
    String path = tensor.stored().path();
    return path.substring(0, path.length() - tensor.name().length());
  }

  /** Walks down to the modules whose names count. */
  private void enter(SavedModule module) {
    String folder = folder(module);
    if (folder.startsWith(prefix)) {
      visit(module, Optional.empty());
    } else if (prefix.startsWith(folder)) {
      module.children().forEach(this::enter);
    }
  }

  /** Dict and path, each with a dot after it. */
  private static String folder(SavedModule module) {
    String dict = module.dict().isEmpty() ? "" : module.dict() + ".";
    return module.path().isEmpty() ? dict : dict + module.path() + ".";
  }

  private void visit(SavedModule module, Optional<String> sequential) {
    String folder = folder(module).substring(prefix.length());
    String label = label(folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1));
    if (simpleType(module).equals(GUITAR_ML) && module.attributes().get("skip") instanceof Long l) {
      skip = Math.clamp(l, 0, Integer.MAX_VALUE);
    }
    switch (role(label, module)) {
      case ModuleRole.Weights _ -> {
        layers.put(label, module);
        last = label;
        visitChildren(module, folder);
      }
      case ModuleRole.Container _ -> visitChildren(module, folder);
      case ModuleRole.Norm _ -> {
        layers.put(label, module);
        if (!withWeights.contains(label) && !withLooseTensors.contains(label)) {
          normsWithoutWeights.put(label, last);
        }
        last = label;
      }
      case ModuleRole.Function(Optional<ActivationFunction> function) -> {
        boolean certain = sequential.filter(last::startsWith).isPresent() && !last.isEmpty();
        applied.add(new Applied(label, simpleType(module), function, last, certain));
      }
      case ModuleRole.Unknown _ -> unknown.put(label, module);
      case ModuleRole.Nothing _ -> {}
    }
  }

  private ModuleRole role(String label, SavedModule module) {
    ReadOption read = options.read().orElse(new ReadOption.All());
    ModuleRole role =
        ModuleRole.of(module, withWeights.contains(label), !(read instanceof ReadOption.All));
    if (role instanceof ModuleRole.Norm) {
      return role;
    }
    if (withLooseTensors.contains(label) && !label.equals(".")) {
      // What a class does with a parameter of its own is known only where it scores time steps.
      return read instanceof ReadOption.Attention
          ? new ModuleRole.Container()
          : new ModuleRole.Unknown();
    }
    return role;
  }

  private static String label(String name) {
    return name.isEmpty() ? "." : name;
  }

  private void visitChildren(SavedModule module, String folder) {
    Optional<String> sequential =
        module.type().equals(ModuleRole.LIBRARY + "container.Sequential")
            ? Optional.of(folder)
            : Optional.empty();
    for (SavedModule child : module.children()) {
      // What computes a weight has been applied to it when the file was read.
      if (!folder(child).endsWith(folder + "parametrizations.")) {
        visit(child, sequential);
      }
    }
  }

  private static String simpleType(SavedModule module) {
    return module.type().substring(module.type().lastIndexOf('.') + 1);
  }

  /**
   * Checks that every module does what a layer can do.
   *
   * @throws Refusal with a list of those that do not
   */
  void requireRunnable() {
    List<String> refused =
        unknown.entrySet().stream()
            .map(module -> "%s (%s)".formatted(module.getKey(), simpleType(module.getValue())))
            .toList();
    Refusal.require(
        refused.isEmpty(),
        "has modules that lstm4j cannot run: %s; %sor save the state dict of a network without"
            + " them",
        String.join(", ", refused.subList(0, Math.min(MOST_NAMED, refused.size())))
            + (refused.size() > MOST_NAMED ? " and others" : ""),
        recurrent().stream()
            .filter(label -> !label.equals("."))
            .findFirst()
            .map(label -> "import a recurrent part alone with --select " + prefix + label + ", ")
            .orElse(""));
  }

  /**
   * Checks that every function is known and comes after a layer, unless the user says what is
   * applied.
   *
   * @throws Refusal if one is not
   */
  void requirePlaced() {
    for (Applied function : applied) {
      boolean leading = function.after().isEmpty();
      Refusal.require(
          !leading || !options.activations().isEmpty(),
          "defines %s (%s) before any layer; say with --activation LAYER=NAME after which it is"
              + " applied",
          function.module(),
          function.type());
      Refusal.require(
          function.function().isPresent()
              || leading
              || options.activations().containsKey(function.after()),
          "has %s (%s), of which the file does not say enough, or which lstm4j does not have; say"
              + " with --activation %s=NAME what is applied there",
          function.module(),
          function.type(),
          function.after());
    }
  }

  private List<String> recurrent() {
    return layers.entrySet().stream()
        .filter(layer -> layer.getValue().type().startsWith(ModuleRole.LIBRARY + "rnn."))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The functions that modules apply, in the order of definition. */
  List<Applied> applied() {
    return applied;
  }

  /** The classes of the layers that are not PyTorch's own, by label. */
  Map<String, String> otherClasses() {
    Map<String, String> classes = new LinkedHashMap<>();
    layers.forEach((label, module) -> {
      if (!module.type().startsWith("torch.nn.")) {
        classes.put(label, module.type());
      }
    });
    return classes;
  }

  /** What matrices without bias are, by label. */
  Map<String, LayerKind> kinds() {
    Map<String, LayerKind> kinds = new LinkedHashMap<>();
    layers.forEach((label, module) -> {
      if (module.type().equals(ModuleRole.LIBRARY + "sparse.Embedding")) {
        kinds.put(label, LayerKind.EMBEDDING);
      } else if (module.type().startsWith(ModuleRole.LIBRARY + "linear.")) {
        kinds.put(label, LayerKind.LINEAR);
      }
    });
    return kinds;
  }

  /** What an RNN applies to its pre-activations; empty if its module does not say. */
  Optional<ActivationFunction> nonlinearity(String label) {
    Map<String, Object> attributes =
        layers.containsKey(label) ? layers.get(label).attributes() : Map.of();
    Object told = attributes.getOrDefault("nonlinearity", attributes.get("mode"));
    return switch (String.valueOf(told)) {
      case "tanh", "RNN_TANH" -> Optional.of(new ActivationFunction.Tanh());
      case "relu", "RNN_RELU" -> Optional.of(new ActivationFunction.Relu());
      default -> Optional.empty();
    };
  }

  /** Whether the file says that a module is a layer norm. */
  boolean isNorm(String label) {
    return layers.containsKey(label) && layers.get(label).type().equals(ModuleRole.LAYER_NORM);
  }

  /** What a layer norm adds to the variance; empty if its module does not say. */
  Optional<Float> eps(String label) {
    return isNorm(label) && layers.get(label).attributes().get("eps") instanceof Number eps
        ? Optional.of(eps.floatValue())
        : Optional.empty();
  }

  /** The features of a layer norm, which its module has to say where there are no weights. */
  int normalizedShape(String label) {
    if (layers.get(label).attributes().get("normalized_shape") instanceof List<?> shape
        && shape.size() == 1
        && shape.getFirst() instanceof Long size
        && 0 < size
        && size <= Integer.MAX_VALUE) {
      return size.intValue();
    }
    throw new Refusal(
        "has %s (LayerNorm) without weights, of which the file does not say the size; save the"
            + " whole module with torch.save(model, PATH), or a network without it",
        label);
  }

  /** The layer norms that have no tensors, each with the layer defined before it, or "". */
  Map<String, String> normsWithoutWeights() {
    return normsWithoutWeights;
  }

  /** How many features of the input the class of guitar amplifiers adds to the output. */
  int skip() {
    return skip;
  }

  /** Whether the batch comes first; empty if the recurrent modules do not say, or disagree. */
  Optional<Boolean> batchFirst() {
    List<Object> told =
        recurrent().stream()
            .map(label -> layers.get(label).attributes().get("batch_first"))
            .filter(Boolean.class::isInstance)
            .distinct()
            .toList();
    return told.size() == 1 ? Optional.of((Boolean) told.getFirst()) : Optional.empty();
  }
}

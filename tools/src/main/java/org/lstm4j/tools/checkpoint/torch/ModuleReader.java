// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.lstm4j.tools.SavedModule;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorNames;

/**
 * Reads torch.nn.Module objects out of the objects of a pickle: the tree of modules, and the
 * tensors under the names that state_dict() would give them. Not thread-safe.
 */
final class ModuleReader {
  // Networks nest five or six.
  private static final int MAX_DEPTH = 32;

  // Modules, tensors and attributes, each counted wherever it is registered.
  private static final int MAX_ENTRIES = 200_000;

  private static final String SCRIPT = "__torch__.";
  private static final String MANGLED = "___torch_mangle_\\d+\\.";

  private final ScriptCode code;
  private final PlainValues values = new PlainValues();
  // A module that is registered twice has its attributes once, however often that is.
  private final Map<PickledObject, Map<String, Object>> attributes = new HashMap<>();
  private int entries;

  /**
   * A reader of the modules of one file.
   *
   * @param code of a TorchScript archive; else empty
   */
  ModuleReader(ScriptCode code) {
    this.code = code;
  }

  /** Whether an object is a module. */
  static boolean isModule(PickledObject object) {
    return object.className().startsWith(SCRIPT)
        || (object.attributes().get("_parameters") instanceof PickledDict
            && object.attributes().get("_modules") instanceof PickledDict);
  }

  /**
   * Reads a module and all modules in it.
   *
   * @param dict where it was found
   * @param tensors is given the name of each tensor, and the tensor, in the order of state_dict()
   * @throws Refusal if modules are nested too deep, or too many
   */
  SavedModule read(String dict, PickledObject module, BiConsumer<String, PickledData> tensors) {
    return read(new Root(dict, tensors), "", module, 0);
  }

  private record Root(String dict, BiConsumer<String, PickledData> tensors) {}

  private SavedModule read(Root root, String path, PickledObject module, int depth) {
    Refusal.require(
        depth <= MAX_DEPTH,
        "has modules nested more than %d deep; save the weights alone with"
            + " torch.save(model.state_dict(), PATH)",
        MAX_DEPTH);
    count(module.attributes().size() + 1);
    Map<Object, Object> children = new LinkedHashMap<>();
    if (module.className().startsWith(SCRIPT)) {
      readScript(root, path, module, children);
    } else {
      readPython(root, path, module, children);
    }
    List<SavedModule> saved = new ArrayList<>();
    for (Map.Entry<Object, Object> child : children.entrySet()) {
      // A module that was taken away stays registered as None.
      if (child.getValue() instanceof PickledObject object) {
        saved.add(read(root, join(path, child.getKey()), object, depth + 1));
      }
    }
    return new SavedModule(root.dict, path, type(module), attributes(module), saved);
  }

  /** An nn.Module keeps its tensors and modules in dicts of their own. */
  private void readPython(
      Root root, String path, PickledObject module, Map<Object, Object> children) {
    Map<Object, Object> state = module.attributes();
    emitAll(root, path, dict(state.get("_parameters")), Set.of());
    Set<Object> leftOut = new HashSet<>();
    if (state.get("_non_persistent_buffers_set") instanceof List<?> names) {
      count(names.size());
      names.stream().filter(String.class::isInstance).forEach(leftOut::add);
    }
    emitAll(root, path, dict(state.get("_buffers")), leftOut);
    children.putAll(dict(state.get("_modules")));
  }

  private static void emitAll(
      Root root, String path, Map<Object, Object> tensors, Set<Object> leftOut) {
    tensors.forEach((name, tensor) -> {
      if (tensor instanceof PickledData data && !leftOut.contains(name)) {
        root.tensors.accept(join(path, name), data);
      }
    });
  }

  private Map<Object, Object> dict(Object value) {
    Map<Object, Object> items = value instanceof PickledDict dict ? dict.items() : Map.of();
    count(items.size());
    return items;
  }

  /** Bounds the work that modules registered again and again can make. */
  private void count(int more) {
    entries += more;
    Refusal.require(
        entries <= MAX_ENTRIES,
        "has more than %d modules, tensors and attributes in its modules; save the weights alone"
            + " with torch.save(model.state_dict(), PATH)",
        MAX_ENTRIES);
  }

  /** A TorchScript module has attributes only. */
  private static void readScript(
      Root root, String path, PickledObject module, Map<Object, Object> children) {
    emitAll(root, path, module.attributes(), Set.of());
    module
        .attributes()
        .forEach((name, value) -> {
          if (value instanceof PickledObject object && isModule(object)) {
            children.put(name, object);
          }
        });
  }

  private static String join(String path, Object name) {
    Refusal.require(
        name instanceof String,
        "has a module or tensor under a key that is no name; the file is damaged");
    return TensorNames.require(path.isEmpty() ? (String) name : path + "." + name);
  }

  private static String type(PickledObject module) {
    String name = module.className();
    return name.startsWith(SCRIPT) ? name.substring(SCRIPT.length()).replaceAll(MANGLED, "") : name;
  }

  private Map<String, Object> attributes(PickledObject module) {
    Map<String, Object> known = attributes.get(module);
    if (known != null) {
      return known;
    }
    Map<String, Object> plain = new LinkedHashMap<>(code.constants(module.className()));
    module
        .attributes()
        .forEach((name, value) -> {
          if (name instanceof String text) {
            values.convert(value).ifPresent(box -> plain.put(text, box.value()));
          }
        });
    attributes.put(module, plain);
    return plain;
  }
}

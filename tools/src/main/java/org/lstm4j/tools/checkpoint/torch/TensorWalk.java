// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lstm4j.tools.SavedModule;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorNames;

/** Finds the tensors in the nested dicts, lists and modules of an unpickled object. */
final class TensorWalk {
  // Training scripts nest three or four.
  private static final int MAX_DEPTH = 32;

  // The largest networks that are published have some thousands.
  private static final int MAX_TENSORS = 50_000;

  // Beyond this many, more of them say nothing new.
  private static final int MAX_NOTES = 8;

  private final List<Found> tensors = new ArrayList<>();
  private final List<SavedModule> modules = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<Place, NumpyArray> arrays = new LinkedHashMap<>();
  // A shared object is found once; so neither loops nor repeated sharing make the walk long.
  private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Object> searched = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ModuleReader moduleReader;

  private TensorWalk(ScriptCode code) {
    moduleReader = new ModuleReader(code);
  }

  /**
   * A tensor and where it was.
   *
   * @param dict the keys that lead to the dict, list or module, joined by dots; empty at the root
   * @param name the key in it
   */
  record Found(String dict, String name, PickledData tensor) {
    String path() {
      return dict.isEmpty() ? name : dict + "." + name;
    }
  }

  /**
   * Walks over an object and all it holds, in order.
   *
   * @param code of a TorchScript archive; else empty
   * @throws Refusal if it is nested too deep, or there are too many tensors, or one has a name that
   *     cannot be shown
   */
  static TensorWalk over(Object root, ScriptCode code) {
    TensorWalk walk = new TensorWalk(code);
    walk.visit(Place.ROOT, root);
    walk.addArrays();
    return walk;
  }

  List<Found> tensors() {
    return tensors;
  }

  /** The outermost modules. */
  List<SavedModule> modules() {
    return modules;
  }

  /** What was passed over, each one sentence. */
  List<String> notes() {
    return notes;
  }

  private void visit(Place place, Object object) {
    Refusal.require(
        place.depth() <= MAX_DEPTH,
        "has dicts and lists nested more than %d deep, where tensors lie within a few; save the"
            + " weights alone with torch.save(model.state_dict(), PATH)",
        MAX_DEPTH);
    switch (object) {
      case PickledData tensor -> add(place, tensor);
      case NumpyArray array -> arrays.put(place, array);
      case PickledDict dict when dict.items().isEmpty() -> {}
      case PickledDict dict when isOptimizer(dict.items()) ->
          note(place, "is an optimizer's state, which is not read");
      case PickledDict dict when visited.add(dict) ->
          dict.items().forEach((key, value) -> visit(new Place(place, key), value));
      case List<?> list when visited.add(list) -> visitAll(place, list);
      case Object[] tuple when visited.add(tuple) -> visitAll(place, Arrays.asList(tuple));
      case PickledObject pickled when visited.add(pickled) -> visitObject(place, pickled);
      case PickleGlobal global ->
          note(place, "is the class or function " + global.name() + ", which is not read");
      case null, default -> {}
    }
  }

  private void visitAll(Place place, List<?> items) {
    for (int i = 0; i < items.size(); i++) {
      visit(new Place(place, i), items.get(i));
    }
  }

  /** A module; a kind of dict; or something else, which may have a module for an attribute. */
  private void visitObject(Place place, PickledObject object) {
    if (addModule(place, object)) {
      return;
    }
    int before = tensors.size() + modules.size();
    visit(place, object.items());
    search(place, object.state());
    if (tensors.size() + modules.size() == before) {
      note(
          place,
          isOptimizer(object.attributes())
              ? "is an optimizer, which is not read"
              : "is an object of class " + object.className() + ", which is not read");
    }
  }

  private boolean addModule(Place place, PickledObject object) {
    if (!ModuleReader.isModule(object)) {
      return false;
    }
    if (place.hasName()) {
      String dict = TensorNames.require(place.path());
      modules.add(moduleReader.read(dict, object, (name, tensor) -> add(dict, name, tensor)));
    } else {
      note(place, "is a module under a key that is no name, which is not read");
    }
    return true;
  }

  /** Looks for modules, and for no tensors, in what belongs to an object of an unknown class. */
  private void search(Place place, Object object) {
    if (place.depth() > MAX_DEPTH || modules.size() > MAX_TENSORS) {
      return;
    }
    switch (object) {
      case PickledDict dict when searched.add(dict) ->
          dict.items().forEach((key, value) -> search(new Place(place, key), value));
      case List<?> list when searched.add(list) -> {
        for (int i = 0; i < list.size(); i++) {
          search(new Place(place, i), list.get(i));
        }
      }
      case PickledObject pickled when !visited.contains(pickled) && searched.add(pickled) -> {
        if (addModule(place, pickled)) {
          visited.add(pickled);
        } else {
          search(place, pickled.state());
        }
      }
      case null, default -> {}
    }
  }

  /** NumPy arrays are weights only where no tensors are; else they are data or statistics. */
  private void addArrays() {
    boolean only = tensors.isEmpty();
    arrays.forEach((place, array) -> {
      if (only) {
        add(place, new ArrayTensor(array));
      } else {
        note(place, "is a NumPy array, which is not read");
      }
    });
  }

  private void add(Place place, PickledData tensor) {
    Refusal.require(
        place.depth() > 0,
        "holds one tensor without a name; save the weights with"
            + " torch.save(model.state_dict(), PATH)");
    if (place.hasName()) {
      add(place.parent().path(), place.key().toString(), tensor);
    } else {
      note(place, "is a tensor under a key that is no name, which is not read");
    }
  }

  private void add(String dict, String name, PickledData tensor) {
    Refusal.require(
        tensors.size() < MAX_TENSORS,
        "has more than %d tensors; save the network's alone with torch.save(model.state_dict(),"
            + " PATH)",
        MAX_TENSORS);
    Found found = new Found(dict, name, tensor);
    TensorNames.require(found.path());
    tensors.add(found);
  }

  /** What torch.optim.Optimizer.state_dict() returns, and what an optimizer itself holds. */
  private static boolean isOptimizer(Map<Object, Object> items) {
    return items.get("state") instanceof PickledDict
        && items.get("param_groups") instanceof List<?>;
  }

  private void note(Place place, String what) {
    if (notes.size() < MAX_NOTES) {
      String subject = place.depth() == 0 ? "the whole file" : place.path();
      notes.add(Refusal.printable(subject + " " + what));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorNames;

/** Finds the tensors in the nested dicts and lists of an unpickled object. */
final class TensorWalk {
  // Training scripts nest three or four.
  private static final int MAX_DEPTH = 32;

  // The largest networks that are published have some thousands.
  private static final int MAX_TENSORS = 50_000;

  // Beyond this many, more of them say nothing new.
  private static final int MAX_NOTES = 8;

  private final List<Found> tensors = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  // A shared object is found once; so neither loops nor repeated sharing make the walk long.
  private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());

  private TensorWalk() {}

  /**
   * A tensor and where it was.
   *
   * @param dict the keys that lead to the dict or list, joined by dots; empty at the root
   * @param name the key in it
   */
  record Found(String dict, String name, PickledTensor tensor) {
    String path() {
      return dict.isEmpty() ? name : dict + "." + name;
    }
  }

  /**
   * Walks over an object and all it holds, in order.
   *
   * @throws Refusal if it is nested too deep, or there are too many tensors, or one has no name
   *     that can be one
   */
  static TensorWalk over(Object root) {
    TensorWalk walk = new TensorWalk();
    walk.visit(Place.ROOT, root);
    return walk;
  }

  List<Found> tensors() {
    return tensors;
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
      case PickledTensor tensor -> add(place, tensor);
      case PickledDict dict when dict.items().isEmpty() -> {}
      case PickledDict dict when isOptimizer(dict) ->
          note(place, "is an optimizer's state, which is not read");
      case PickledDict dict when visited.add(dict) ->
          dict.items().forEach((key, value) -> visit(new Place(place, key), value));
      case List<?> list when visited.add(list) -> visitAll(place, list);
      case Object[] tuple when visited.add(tuple) -> visitAll(place, Arrays.asList(tuple));
      case OpaqueObject opaque ->
          note(place, "is an object of class " + opaque.className() + ", which is not read");
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

  private void add(Place place, PickledTensor tensor) {
    Refusal.require(
        place.depth() > 0,
        "holds one tensor without a name; save the weights with"
            + " torch.save(model.state_dict(), PATH)");
    Refusal.require(
        tensors.size() < MAX_TENSORS,
        "has more than %d tensors; save the network's alone with torch.save(model.state_dict(),"
            + " PATH)",
        MAX_TENSORS);
    Refusal.require(
        place.hasName(),
        "has a tensor under a key that is no name, or one of more than %d characters; save the"
            + " weights alone with torch.save(model.state_dict(), PATH)",
        TensorNames.MAX_LENGTH);
    TensorNames.require(place.path());
    tensors.add(new Found(place.parent().path(), place.key().toString(), tensor));
  }

  /** What torch.optim.Optimizer.state_dict() returns. */
  private static boolean isOptimizer(PickledDict dict) {
    Map<Object, Object> items = dict.items();
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

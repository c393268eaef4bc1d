// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lstm4j.tools.checkpoint.TensorNames;

/**
 * A Python dict in the order of its insertions, which the unpickling library would lose. Keys are
 * names and numbers; other keys, which would have to be compared by content, however large, are
 * each taken as different from all others.
 */
final class PickledDict {
  // Most dicts in a checkpoint are the empty hooks of a tensor.
  private Map<Object, Object> items = Map.of();

  void put(Object key, Object value) {
    if (items.isEmpty()) {
      items = new LinkedHashMap<>(4);
    }
    items.put(isCheap(key) ? key : new UnreadableKey(), value);
  }

  private static boolean isCheap(Object key) {
    return switch (key) {
      case String name -> name.length() <= TensorNames.MAX_LENGTH;
      case Number _, Boolean _ -> true;
      case null, default -> false;
    };
  }

  /** The items in order. The text of a key is for names and messages. */
  Map<Object, Object> items() {
    return items;
  }

  /** Neither name nor number, or too long for a name; equal to itself only. */
  static final class UnreadableKey {
    @Override
    public String toString() {
      return "?";
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.Map;

/**
 * An object of a class that is not loaded: the class's name, and what the pickle says that the
 * object holds. Compared by identity, as Python's objects are.
 */
final class PickledObject {
  private static final PickledDict NOTHING = new PickledDict();

  private final String className;
  private PickledDict attributes = NOTHING;
  private PickledDict items = NOTHING;

  /**
   * An object without attributes.
   *
   * @param className Python's name of its class, or of the function that would have made it
   */
  PickledObject(String className) {
    this.className = className;
  }

  String className() {
    return className;
  }

  /** Its attributes by name. */
  Map<Object, Object> attributes() {
    return attributes.items();
  }

  /** The same as the dict that the pickle has, which other objects may share. */
  PickledDict state() {
    return attributes;
  }

  /** Its items, if its class is a kind of dict. */
  PickledDict items() {
    return items;
  }

  /** Puts an item into an object whose class is a kind of dict. */
  void put(Object key, Object value) {
    if (items == NOTHING) {
      items = new PickledDict();
    }
    items.put(key, value);
  }

  /**
   * Takes what BUILD would set: a dict of attributes, or a pair of which one or the other is one
   * (the second is for {@code __slots__}). Anything else means something to the object's class
   * only.
   */
  void setState(Object state) {
    switch (state) {
      case PickledDict dict -> attributes = dict;
      case Object[] pair when pair.length == 2 -> attributes = dictOf(pair);
      case null, default -> {}
    }
  }

  private PickledDict dictOf(Object[] pair) {
    return switch (pair[0]) {
      case PickledDict dict -> dict;
      case null, default -> pair[1] instanceof PickledDict slots ? slots : attributes;
    };
  }

  @Override
  public String toString() {
    return className;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

/**
 * Where in nested dicts and lists an object lies. A chain rather than text, since most places are
 * never named.
 *
 * @param parent the place of the dict or list around it; {@code null} for the outermost object
 * @param key in that dict or list
 * @param depth how many dicts and lists are around it
 * @param depth how many dicts and lists are around it
 */
record Place(Place parent, Object key, int depth) {
  static final Place ROOT = new Place(null, "", 0);

  Place(Place parent, Object key) {
    this(parent, key, parent.depth + 1);
  }

  /** Whether every key on the way is one that a name can be made of. */
  boolean hasName() {
    return depth == 0 || (!(key instanceof PickledDict.UnreadableKey) && parent.hasName());
  }

  /** The keys from the outermost inwards, joined by dots; empty for the outermost object. */
  String path() {
    if (depth == 0) {
      return "";
    }
    return depth == 1 ? key.toString() : parent.path() + "." + key;
  }
}

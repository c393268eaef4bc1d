// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import org.lstm4j.tools.checkpoint.Refusal;

/**
 * A storage as the pickle refers to it.
 *
 * @param key names it: the archive's entry {@code data/KEY}, or a number in the legacy format
 * @param type of its elements; known or not
 * @param size of the whole storage in elements
 * @param offset where the view begins that is referred to, in elements; 0 but in old legacy files
 * @param viewSize the view's size in elements; the storage's where there is no view
 * @param location the device that it was on, for example {@code cuda:0}
 */
record StorageReference(
    String key, PickleGlobal type, long size, long offset, long viewSize, String location) {
  // PyTorch counts them: 0, 1, 2. The legacy format has addresses.
  private static final int MAX_KEY_LENGTH = 128;

  private static final int WITHOUT_VIEW = 5;

  /**
   * Reads a persistent id: ("storage", type, key, location, number of elements), and in the legacy
   * format either None or (view's key, offset, size of the view).
   *
   * @throws Refusal if it is anything else
   */
  static StorageReference of(Object persistentId) {
    if (persistentId instanceof Object[] id
        && (id.length == WITHOUT_VIEW || id.length == WITHOUT_VIEW + 1)
        && id[0] instanceof String kind
        && kind.equals("storage")
        && id[1] instanceof PickleGlobal type
        && id[2] instanceof String key
        && key.length() <= MAX_KEY_LENGTH) {
      long size = Integers.nonNegative(id[4], "the size of the storage " + key);
      Object view = id.length > WITHOUT_VIEW ? id[WITHOUT_VIEW] : null;
      long offset = 0;
      long viewSize = size;
      if (view != null) {
        long[] range = range(view, key);
        offset = range[0];
        viewSize = range[1];
        Refusal.require(
            offset <= size && viewSize <= size - offset,
            "has a view beyond the end of the storage %s; the file is damaged",
            key);
      }
      return new StorageReference(
          key, type, size, offset, viewSize, id[3] instanceof String device ? device : "");
    }
    throw new Refusal(
        "refers in its pickle to something other than a storage; save it again with"
            + " torch.save(model.state_dict(), PATH)");
  }

  private static long[] range(Object view, String key) {
    Refusal.require(
        view instanceof Object[] items && items.length == 3,
        "has something other than offset and size for a view of the storage %s; it is damaged",
        key);
    Object[] items = (Object[]) view;
    return new long[] {
      Integers.nonNegative(items[1], "the offset of a view of the storage " + key),
      Integers.nonNegative(items[2], "the size of a view of the storage " + key)
    };
  }

  /**
   * The size of an element in bytes.
   *
   * @throws Refusal if the type is none
   */
  int elementBytes() {
    if (type instanceof PickleGlobal.StorageType known) {
      return known.elementBytes();
    }
    throw new Refusal(
        "stores tensors as %s, which is not supported; convert them to float32 with .float() and"
            + " save again",
        type.name());
  }
}

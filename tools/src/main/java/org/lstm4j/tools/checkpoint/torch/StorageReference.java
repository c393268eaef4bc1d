// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import org.lstm4j.tools.DType;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * A storage as the pickle refers to it.
 *
 * @param key names the archive's entry {@code data/KEY}
 * @param dtype of its elements
 * @param size in elements
 */
record StorageReference(String key, DType dtype, long size) {
  // PyTorch counts them: 0, 1, 2.
  private static final int MAX_KEY_LENGTH = 128;

  /**
   * Reads a persistent id: ("storage", type, key, location, number of elements).
   *
   * @throws Refusal if it is anything else
   */
  static StorageReference of(Object persistentId) {
    if (persistentId instanceof Object[] id
        && id.length == 5
        && id[0] instanceof String kind
        && kind.equals("storage")
        && id[1] instanceof PickleGlobal type
        && id[2] instanceof String key
        && key.length() <= MAX_KEY_LENGTH
        && id[4] instanceof Number size) {
      if (!(type instanceof PickleGlobal.StorageType(_, DType dtype))) {
        throw new Refusal(
            "stores tensors as %s, which is not supported; convert them to float32 with .float()"
                + " and save again",
            type.name());
      }
      return new StorageReference(
          key, dtype, Integers.nonNegative(size, "the size of the storage data/" + key));
    }
    throw new Refusal(
        "refers in data.pkl to something other than a storage; save it again with"
            + " torch.save(model.state_dict(), PATH)");
  }
}

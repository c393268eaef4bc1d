// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * The storages at the end of a legacy file, in the order of their keys: of each the number of its
 * elements, then the elements.
 */
final class LegacyStorages implements StorageSource {
  private static final ValueLayout.OfLong COUNT =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Map<String, MemorySegment> storages = new HashMap<>();

  private LegacyStorages() {}

  /**
   * Finds the storages.
   *
   * @param file all its bytes
   * @param start where the first storage begins
   * @param keys the list of their keys
   * @param references one to each, which tells the size of its elements
   * @throws Refusal if they reach beyond the file
   */
  static LegacyStorages of(
      MemorySegment file, long start, Object keys, Map<String, StorageReference> references) {
    Refusal.require(
        keys instanceof List<?>, "has no list of storages after its pickle; it is damaged");
    LegacyStorages storages = new LegacyStorages();
    long position = start;
    for (Object key : (List<?>) keys) {
      StorageReference reference = key instanceof String ? references.get(key) : null;
      Refusal.require(
          reference != null, "has a storage that its pickle does not refer to; it is damaged");
      long left = file.byteSize() - position - COUNT.byteSize();
      long count = left < 0 ? -1 : file.get(COUNT, position);
      Refusal.require(
          0 <= count && count <= left / reference.elementBytes(),
          "ends within its storages (%s, of %d elements); it is truncated or damaged, copy or"
              + " download it again",
          reference.key(),
          reference.size());
      position += COUNT.byteSize();
      MemorySegment storage = file.asSlice(position, count * reference.elementBytes());
      Refusal.require(
          storages.storages.put(reference.key(), storage) == null,
          "has the storage %s twice; the file is damaged",
          reference.key());
      position += storage.byteSize();
    }
    return storages;
  }

  @Override
  public ByteOrder order() {
    return ByteOrder.LITTLE_ENDIAN;
  }

  @Override
  public String place(StorageReference storage) {
    return "storage " + storage.key();
  }

  @Override
  public long byteSize(StorageReference storage) {
    return find(storage).byteSize();
  }

  @Override
  public void read(StorageReference storage, MemorySegment target) {
    target.copyFrom(find(storage));
  }

  private MemorySegment find(StorageReference storage) {
    MemorySegment found = storages.get(storage.key());
    Refusal.require(
        found != null, "lacks the storage %s; it is truncated or damaged", storage.key());
    return found;
  }
}

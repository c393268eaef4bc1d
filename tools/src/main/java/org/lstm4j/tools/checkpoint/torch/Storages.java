// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * The storages of a checkpoint: reads each once, and lays tensors out over them. A tensor that is
 * contiguous shares its storage's memory. Not thread-safe.
 */
final class Storages {
  private final ZipArchive archive;
  private final String folder;
  private final ByteOrder order;
  private final TensorMemory memory;
  private final Map<String, MemorySegment> read = new HashMap<>();

  /**
   * The storages of an archive.
   *
   * @param folder where their entries lie, with its slash
   * @param order of their bytes
   * @param memory bounds what is taken for them
   */
  Storages(ZipArchive archive, String folder, ByteOrder order, TensorMemory memory) {
    this.archive = archive;
    this.folder = folder;
    this.order = order;
    this.memory = memory;
  }

  /**
   * Reads a tensor.
   *
   * @throws Refusal if it does not lie inside its storage, or the storage is not as declared
   */
  StoredTensor load(TensorWalk.Found found) throws IOException {
    String name = found.path();
    TensorView view = TensorView.of(found.tensor(), name);
    long bytes = view.requireInside(name);
    return new StoredTensor(
        found.dict(),
        found.name(),
        view.storage().dtype(),
        view.shape(),
        bytes == 0 ? MemorySegment.NULL : elements(view, bytes, name));
  }

  private MemorySegment elements(TensorView view, long bytes, String name) throws IOException {
    MemorySegment storage = storage(view.storage(), name);
    int elementBytes = view.storage().dtype().bytes();
    boolean nativeOrder = order.equals(ByteOrder.nativeOrder()) || elementBytes == 1;
    if (nativeOrder && view.isContiguous()) {
      return storage.asSlice(view.offset() * elementBytes, bytes);
    }
    MemorySegment copy = memory.allocate(bytes, name);
    StridedCopy.copy(view, storage, order, copy);
    return copy;
  }

  private MemorySegment storage(StorageReference reference, String name) throws IOException {
    String entry = folder + reference.key();
    long size = archive.size(entry);
    int elementBytes = reference.dtype().bytes();
    Refusal.require(
        size % elementBytes == 0 && size / elementBytes == reference.size(),
        "has %d bytes in '%s', where %s needs %d elements of %s; the file is damaged",
        size,
        entry,
        name,
        reference.size(),
        reference.dtype());
    MemorySegment known = read.get(entry);
    if (known != null) {
      return known;
    }
    MemorySegment storage = memory.allocate(size, name);
    archive.read(entry, storage);
    read.put(entry, storage);
    return storage;
  }
}

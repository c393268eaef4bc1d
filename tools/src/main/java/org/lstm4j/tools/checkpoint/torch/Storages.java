// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * The storages of a checkpoint: reads each once, and lays tensors out over them. A tensor that is
 * contiguous shares its storage's memory. Not thread-safe.
 */
final class Storages {
  private final StorageSource source;
  private final TensorMemory memory;
  private final Map<String, MemorySegment> read = new HashMap<>();

  /**
   * The storages of a file.
   *
   * @param memory bounds what is taken for them
   */
  Storages(StorageSource source, TensorMemory memory) {
    this.source = source;
    this.memory = memory;
  }

  /** Reads tensors, in their order. */
  List<StoredTensor> load(List<TensorWalk.Found> found) throws IOException {
    List<StoredTensor> tensors = new ArrayList<>();
    for (TensorWalk.Found one : found) {
      tensors.add(load(one));
    }
    return tensors;
  }

  /**
   * Reads a tensor.
   *
   * @throws Refusal if it is of a kind that cannot be read, does not lie inside its storage, or the
   *     storage is not as declared
   */
  StoredTensor load(TensorWalk.Found found) throws IOException {
    return switch (found.tensor()) {
      case PickledTensor tensor -> load(found, tensor);
      case ArrayTensor(NumpyArray array) -> array.load(found, memory);
      case UnreadableTensor(String reason) -> throw new Refusal("%s %s", found.path(), reason);
    };
  }

  private StoredTensor load(TensorWalk.Found found, PickledTensor tensor) throws IOException {
    String name = found.path();
    TensorView view = TensorView.of(tensor, name);
    long bytes = view.requireInside(name);
    return new StoredTensor(
        found.dict(),
        found.name(),
        view.dtype(),
        view.shape(),
        bytes == 0 ? MemorySegment.NULL : elements(view, tensor, bytes, name));
  }

  private MemorySegment elements(TensorView view, PickledTensor tensor, long bytes, String name)
      throws IOException {
    MemorySegment storage = storage((StorageReference) tensor.arguments()[0], name);
    int elementBytes = view.dtype().bytes();
    boolean nativeOrder = source.order().equals(ByteOrder.nativeOrder()) || elementBytes == 1;
    if (nativeOrder && view.isContiguous()) {
      return storage.asSlice(view.offset() * elementBytes, bytes);
    }
    MemorySegment copy = memory.allocate(bytes, name);
    StridedCopy.copy(view, storage, source.order(), copy);
    return copy;
  }

  private MemorySegment storage(StorageReference reference, String name) throws IOException {
    long size = source.byteSize(reference);
    int elementBytes = reference.elementBytes();
    Refusal.require(
        size % elementBytes == 0 && size / elementBytes == reference.size(),
        "has %d bytes in '%s', where %s needs %d elements of %s; the file is damaged",
        size,
        source.place(reference),
        name,
        reference.size(),
        reference.type().name());
    MemorySegment known = read.get(reference.key());
    if (known != null) {
      return known;
    }
    MemorySegment storage = memory.allocate(size, name);
    source.read(reference, storage);
    read.put(reference.key(), storage);
    return storage;
  }
}

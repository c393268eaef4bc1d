// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.npz;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.Elements;
import org.lstm4j.tools.checkpoint.TensorMemory;
import org.lstm4j.tools.checkpoint.TensorNames;
import org.lstm4j.tools.data.ElementType;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

/** An archive of NumPy arrays, each a tensor. Stateless. */
public final class NpzFile implements Container {
  private static final long ALIGNMENT = 64;

  @Override
  public Checkpoint read(Path file) throws IOException {
    List<StoredTensor> tensors = new ArrayList<>();
    Map<String, NdArray> arrays = Npz.read(file, TensorMemory.most(Files.size(file)));
    for (Map.Entry<String, NdArray> named : arrays.entrySet()) {
      tensors.add(tensor(TensorNames.require(named.getKey()), named.getValue()));
    }
    return new Checkpoint(file, ContainerKind.NPZ, tensors, List.of(), List.of());
  }

  private static StoredTensor tensor(String name, NdArray array) {
    DType dtype = dtype(array.type());
    MemorySegment bytes = MemorySegment.ofBuffer(array.buffer());
    // As much as the reader has granted the array already.
    MemorySegment data =
        Arena.ofAuto()
            .allocate(Math.max(1, bytes.byteSize()), ALIGNMENT)
            .asSlice(0, bytes.byteSize());
    Elements.toNativeOrder(bytes, ByteOrder.LITTLE_ENDIAN, dtype, data);
    return new StoredTensor("", name, dtype, array.shape(), data);
  }

  private static DType dtype(ElementType type) {
    return switch (type) {
      case FLOAT16 -> DType.FLOAT16;
      case FLOAT32 -> DType.FLOAT32;
      case FLOAT64 -> DType.FLOAT64;
      case INT8 -> DType.INT8;
      case INT16 -> DType.INT16;
      case INT32 -> DType.INT32;
      case INT64 -> DType.INT64;
      case UINT8 -> DType.UINT8;
      case BOOL -> DType.BOOL;
    };
  }
}

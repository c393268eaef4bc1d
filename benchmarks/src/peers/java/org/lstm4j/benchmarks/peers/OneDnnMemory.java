// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The float32 memory of a oneDNN program, freed together. */
final class OneDnnMemory implements AutoCloseable {
  private final engine cpu;
  private final stream queue;
  private final List<Pointer> kept = new ArrayList<>();

  OneDnnMemory(engine cpu, stream queue) {
    this.cpu = cpu;
    this.queue = queue;
  }

  static memory.desc desc(memory.format_tag tag, long... dims) {
    return new memory.desc(dims, memory.data_type.f32, tag);
  }

  /** Keeps what native code points to. */
  <T extends Pointer> T keep(T pointer) {
    kept.add(pointer);
    return pointer;
  }

  memory zeros(memory.desc description) {
    memory data = keep(new memory(description, cpu));
    clear(data);
    return data;
  }

  static void clear(memory data) {
    Pointer.memset(new BytePointer(data.get_data_handle()), 0, data.get_desc().get_size());
  }

  memory filled(memory.desc description, float[] values) {
    memory data = zeros(description);
    write(data, values);
    return data;
  }

  static void write(memory data, float[] values) {
    new FloatPointer(data.get_data_handle()).capacity(values.length).put(values);
  }

  static void read(memory data, float[] values) {
    new FloatPointer(data.get_data_handle()).capacity(values.length).get(values);
  }

  /** The same memory under another shape. */
  memory view(memory data, memory.desc description) {
    return keep(new memory(description, cpu, data.get_data_handle()));
  }

  /** A copy in another layout. */
  memory reordered(memory data, memory.desc description) {
    memory copy = zeros(description);
    try (reorder change = new reorder(data, copy)) {
      change.execute(queue, data, copy);
      queue._wait();
    }
    return copy;
  }

  @Override
  public void close() {
    kept.forEach(Pointer::close);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.tools.checkpoint.Refusal;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a network as {@code lstm4j_export.py} does: its tensors by PyTorch's names in float32, and
 * what the network is in the metadata. Stateless.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = Long.BYTES;
  private static final int PIECE = 1 << 16;

  // As bits, so that every NaN stays the same.
  private static final ValueLayout.OfInt NATIVE = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfInt LITTLE_ENDIAN =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A tensor that is fetched only while it is written. */
  private record Outgoing(String name, List<Long> shape, Supplier<Tensor> tensor) {
    static Outgoing of(Parameter parameter, Supplier<Tensor> tensor) {
      return new Outgoing(parameter.name(), parameter.shape(), tensor);
    }

    long bytes() {
      return Float.BYTES * new Parameter(name, shape).size();
    }
  }

  private SafetensorsWriter() {}

  /**
   * Writes a network, or replaces the file, whole or not at all. How one input becomes many is not
   * in the file.
   *
   * @param network of float32 weights
   * @throws Refusal if PyTorch has nothing that computes one of the layers
   * @throws IOException if writing fails
   */
  public static void write(Network network, Path file) throws IOException {
    List<Outgoing> tensors = new ArrayList<>();
    for (Parameter parameter : network.parameters()) {
      tensors.add(Outgoing.of(parameter, () -> network.parameter(parameter.name())));
    }
    network.initialState().ifPresent(state -> addState(network, state, tensors));
    byte[] header = header(network, tensors);
    AtomicFile.write(file, out -> write(header, tensors, out));
  }

  private static void addState(Network network, State state, List<Outgoing> tensors) {
    for (Layer layer : network.layers().stream().flatMap(l -> l.leaves().stream()).toList()) {
      if (layer instanceof Layer.Recurrent recurrent) {
        String prefix = recurrent.name().isEmpty() ? "" : recurrent.name() + ".";
        String name = recurrent.name();
        tensors.add(state(prefix + "h0", state.hShape(name), state.h(name)));
        if (recurrent.hasCellState()) {
          tensors.add(state(prefix + "c0", state.cShape(name), state.c(name)));
        }
      }
    }
  }

  /**
   * A state of one batch row has no axis for it: [layers * directions, features], or [features].
   */
  private static Outgoing state(String name, long[] shape, float[] values) {
    List<Long> axes = new ArrayList<>();
    for (int axis = 0; axis < shape.length; axis++) {
      if (axis != shape.length - 2) {
        axes.add(shape[axis]);
      }
    }
    return new Outgoing(name, axes, () -> Tensor.of(values, values.length));
  }

  private static byte[] header(Network network, List<Outgoing> tensors) {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.putObject("__metadata__").put("format", "pt").put("lstm4j", architecture(network));
    long end = 0;
    for (Outgoing tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name()).put("dtype", "F32");
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      long begin = end;
      end += tensor.bytes();
      entry.putArray("data_offsets").add(begin).add(end);
    }
    String text = header.toString();
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    String padding = " ".repeat(Math.floorMod(-bytes, ALIGNMENT));
    return (text + padding).getBytes(StandardCharsets.UTF_8);
  }

  private static String architecture(Network network) {
    boolean starting = network.initialState().isPresent();
    LayerWriter writer = new LayerWriter(starting ? ExportedLayer.INITIAL_STATE : null);
    ObjectNode root =
        JsonMapper.shared()
            .createObjectNode()
            .put("version", ExportedArchitecture.VERSION)
            .put("batch_first", network.batchFirst());
    ArrayNode layers = root.putArray("layers");
    network.layers().forEach(layer -> layers.add(writer.describe(layer)));
    return root.toString();
  }

  private static void write(byte[] header, List<Outgoing> tensors, OutputStream out)
      throws IOException {
    byte[] length =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array();
    out.write(length);
    out.write(header);
    for (Outgoing tensor : tensors) {
      writeLittleEndian(tensor.tensor().get().data(), out);
    }
  }

  private static void writeLittleEndian(MemorySegment floats, OutputStream out) throws IOException {
    byte[] bytes = new byte[PIECE];
    MemorySegment piece = MemorySegment.ofArray(bytes);
    for (long from = 0; from < floats.byteSize(); from += PIECE) {
      int size = (int) Math.min(PIECE, floats.byteSize() - from);
      MemorySegment.copy(floats, NATIVE, from, piece, LITTLE_ENDIAN, 0, size / Float.BYTES);
      out.write(bytes, 0, size);
    }
  }
}

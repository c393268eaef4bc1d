// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;

/**
 * An ONNX model file of LSTM nodes, one for each layer. Inputs {@code x}, {@code h0}, {@code c0},
 * {@code h1} ...; outputs {@code y}, {@code hn0}, {@code cn0}, {@code hn1} ...
 *
 * <p>The numbers are the fields of onnx.proto (ONNX IR version 8).
 */
final class OnnxModel {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 14;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_STRING = 3;
  private static final int ATTRIBUTE_INTS = 7;

  /** Where gate i, o, f, g (the order of ONNX) stands in PyTorch's order. */
  private static final int[] GATES = {0, 3, 1, 2};

  private final LstmWeights weights;
  private final Shape shape;
  private final int steps;
  private final int batch;
  private final List<byte[]> nodes = new ArrayList<>();
  private final List<byte[]> initializers = new ArrayList<>();

  OnnxModel(LstmWeights weights, int steps, int batch) {
    this.weights = weights;
    this.shape = weights.shape();
    this.steps = steps;
    this.batch = batch;
  }

  byte[] bytes() throws IOException {
    String layerInput = "x";
    for (int layer = 0; layer < shape.layers(); layer++) {
      String output = layer == shape.layers() - 1 ? "y" : "y" + layer;
      addLayer(layer, layerInput, output);
      layerInput = output;
    }
    byte[] graph = graph();
    return message(out -> {
      out.writeInt64(1, IR_VERSION);
      out.writeByteArray(7, graph);
      out.writeByteArray(8, message(opset -> opset.writeInt64(2, OPSET)));
    });
  }

  private byte[] graph() throws IOException {
    return message(out -> {
      for (byte[] node : nodes) {
        out.writeByteArray(1, node);
      }
      out.writeString(2, "lstm");
      for (byte[] initializer : initializers) {
        out.writeByteArray(5, initializer);
      }
      out.writeByteArray(11, value("x", steps, batch, shape.inputSize()));
      out.writeByteArray(12, value("y", steps, batch, shape.outputSize()));
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (String state : List.of("h", "c")) {
          long[] dims = {shape.directions(), batch, shape.hiddenSize()};
          out.writeByteArray(11, value(state + layer, dims));
          out.writeByteArray(12, value(state + "n" + layer, dims));
        }
      }
    });
  }

  private void addLayer(int layer, String input, String output) throws IOException {
    addWeights(layer);
    String raw = "raw" + layer;
    nodes.add(
        node(
            "LSTM",
            List.of(input, "w" + layer, "r" + layer, "b" + layer, "", "h" + layer, "c" + layer),
            List.of(raw, "hn" + layer, "cn" + layer),
            stringAttribute("direction", shape.directions() == 2 ? "bidirectional" : "forward"),
            intAttribute("hidden_size", shape.hiddenSize())));
    // [step, direction, batch, hidden] to [step, batch, feature]
    String transposed = raw;
    if (shape.directions() == 2) {
      transposed = "transposed" + layer;
      nodes.add(
          node("Transpose", List.of(raw), List.of(transposed), intsAttribute("perm", 0, 2, 1, 3)));
    }
    addInt64(output + "shape", steps, batch, shape.outputSize());
    nodes.add(node("Reshape", List.of(transposed, output + "shape"), List.of(output)));
  }

  private void addWeights(int layer) throws IOException {
    int directions = shape.directions();
    List<LstmWeights.Cell> cells =
        weights.cells().subList(layer * directions, (layer + 1) * directions);
    long gates = 4L * shape.hiddenSize();
    List<float[]> w = new ArrayList<>();
    List<float[]> r = new ArrayList<>();
    List<float[]> b = new ArrayList<>();
    for (LstmWeights.Cell cell : cells) {
      w.add(reordered(cell.ih(), cell.inputSize()));
      r.add(reordered(cell.hh(), shape.hiddenSize()));
      b.add(reordered(cell.biasIh(), 1));
      b.add(reordered(cell.biasHh(), 1));
    }
    addFloats("w" + layer, w, directions, gates, cells.getFirst().inputSize());
    addFloats("r" + layer, r, directions, gates, shape.hiddenSize());
    addFloats("b" + layer, b, directions, 2 * gates);
  }

  private float[] reordered(float[] values, int columns) {
    int block = shape.hiddenSize() * columns;
    float[] result = new float[values.length];
    for (int gate = 0; gate < GATES.length; gate++) {
      System.arraycopy(values, GATES[gate] * block, result, gate * block, block);
    }
    return result;
  }

  private void addFloats(String name, List<float[]> parts, long... dims) throws IOException {
    int elements = parts.stream().mapToInt(part -> part.length).sum();
    ByteBuffer raw = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] part : parts) {
      for (float value : part) {
        raw.putFloat(value);
      }
    }
    initializers.add(tensor(name, FLOAT, raw.flip(), dims));
  }

  private void addInt64(String name, long... values) throws IOException {
    ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      raw.putLong(value);
    }
    initializers.add(tensor(name, INT64, raw.flip(), values.length));
  }

  private static byte[] tensor(String name, int type, ByteBuffer raw, long... dims)
      throws IOException {
    return message(out -> {
      for (long dim : dims) {
        out.writeInt64(1, dim);
      }
      out.writeInt32(2, type);
      out.writeString(8, name);
      out.writeBytes(9, ByteString.copyFrom(raw));
    });
  }

  private static byte[] value(String name, long... dims) throws IOException {
    byte[] dimensions =
        message(out -> {
          for (long dim : dims) {
            out.writeByteArray(1, message(inner -> inner.writeInt64(1, dim)));
          }
        });
    byte[] tensorType =
        message(out -> {
          out.writeInt32(1, FLOAT);
          out.writeByteArray(2, dimensions);
        });
    return message(out -> {
      out.writeString(1, name);
      out.writeByteArray(2, message(type -> type.writeByteArray(1, tensorType)));
    });
  }

  private static byte[] node(
      String operator, List<String> inputs, List<String> outputs, byte[]... attributes)
      throws IOException {
    return message(out -> {
      for (String input : inputs) {
        out.writeString(1, input);
      }
      for (String output : outputs) {
        out.writeString(2, output);
      }
      out.writeString(4, operator);
      for (byte[] attribute : attributes) {
        out.writeByteArray(5, attribute);
      }
    });
  }

  private static byte[] intAttribute(String name, long value) throws IOException {
    return message(out -> {
      out.writeString(1, name);
      out.writeInt64(3, value);
      out.writeInt32(20, ATTRIBUTE_INT);
    });
  }

  private static byte[] stringAttribute(String name, String value) throws IOException {
    return message(out -> {
      out.writeString(1, name);
      out.writeString(4, value);
      out.writeInt32(20, ATTRIBUTE_STRING);
    });
  }

  private static byte[] intsAttribute(String name, long... values) throws IOException {
    return message(out -> {
      out.writeString(1, name);
      for (long value : values) {
        out.writeInt64(8, value);
      }
      out.writeInt32(20, ATTRIBUTE_INTS);
    });
  }

  private interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    body.write(out);
    out.flush();
    return bytes.toByteArray();
  }
}

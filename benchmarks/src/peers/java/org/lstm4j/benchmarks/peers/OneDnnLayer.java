// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Storage;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * One layer, in one or both directions, as one primitive. Dimensions are named as oneDNN names
 * them: l layer, d direction, g gate, i input, o output, t time, n batch, c channel.
 */
final class OneDnnLayer implements AutoCloseable {
  /** One scale for each gate and output of the weights: bits for the dimensions g and o. */
  private static final int PER_GATE_ROW = 1 << 3 | 1 << 4;

  private final engine cpu;
  private final stream queue;
  private final int hiddenSize;
  private final int directions;
  private final int batch;
  private final List<LstmWeights.Cell> cells;
  private final primitive_attr attributes = new primitive_attr();
  private final memory input;
  private final memory output;
  private final memory.data_type inputType;
  private final memory.data_type outputType;
  private final lstm_forward lstm;

  /** A call reads one state and writes the other. */
  private final List<IntMemoryMap> arguments = new ArrayList<>();

  private int turn;

  /** Keeps what native code points to. */
  private final List<Pointer> kept = new ArrayList<>();

  OneDnnLayer(
      engine cpu,
      stream queue,
      Workload workload,
      List<LstmWeights.Cell> cells,
      memory previous,
      boolean last) {
    this.cpu = cpu;
    this.queue = queue;
    this.cells = cells;
    hiddenSize = workload.shape().hiddenSize();
    directions = workload.shape().directions();
    batch = workload.kind().batch();
    boolean quantized = workload.storage() == Storage.INT8;
    if (quantized) {
      quantize();
    }
    int steps = workload.kind().steps();
    int inputSize = cells.getFirst().inputSize();
    memory.data_type type = activations(workload.storage());
    inputType = type;
    outputType = quantized && last ? memory.data_type.f32 : type;
    memory.desc x = desc(type, memory.format_tag.tnc, steps, batch, inputSize);
    memory.desc h = desc(type, memory.format_tag.ldnc, 1, directions, batch, hiddenSize);
    memory.desc c =
        desc(memory.data_type.f32, memory.format_tag.ldnc, 1, directions, batch, hiddenSize);
    memory.desc y =
        desc(outputType, memory.format_tag.tnc, steps, batch, (long) directions * hiddenSize);
    memory.desc bias =
        desc(memory.data_type.f32, memory.format_tag.ldgo, 1, directions, 4, hiddenSize);
    memory.data_type packed = quantized ? memory.data_type.s8 : type;
    lstm_forward.primitive_desc description =
        new lstm_forward.primitive_desc(
            cpu,
            dnnl.prop_kind.forward_inference,
            directions == 2
                ? dnnl.rnn_direction.bidirectional_concat
                : dnnl.rnn_direction.unidirectional_left2right,
            x,
            h,
            c,
            weightsDesc(packed, memory.format_tag.any, inputSize),
            weightsDesc(packed, memory.format_tag.any, hiddenSize),
            bias,
            y,
            h,
            c,
            attributes,
            false);
    lstm = new lstm_forward(description);
    input = previous == null ? zeros(x) : previous;
    output = zeros(y);
    IntMemoryMap common = new IntMemoryMap();
    common.put(DNNL_ARG_SRC_LAYER, input);
    common.put(DNNL_ARG_DST_LAYER, output);
    common.put(
        DNNL_ARG_WEIGHTS_LAYER,
        packed(inputSize, LstmWeights.Cell::ih, description.weights_layer_desc()));
    common.put(
        DNNL_ARG_WEIGHTS_ITER,
        packed(hiddenSize, LstmWeights.Cell::hh, description.weights_iter_desc()));
    common.put(DNNL_ARG_BIAS, filled(bias, biases()));
    addArguments(common, h, c, type);
  }

  private static memory.data_type activations(Storage storage) {
    return switch (storage) {
      case F32 -> memory.data_type.f32;
      case BF16 -> memory.data_type.bf16;
      case INT8 -> memory.data_type.u8;
    };
  }

  private void addArguments(
      IntMemoryMap common, memory.desc h, memory.desc c, memory.data_type type) {
    List<memory> hs = List.of(zeros(h), zeros(h));
    List<memory> cs = List.of(zeros(c), zeros(c));
    if (type == memory.data_type.u8) {
      float[] zero = new float[directions * batch * hiddenSize];
      hs.forEach(state -> new OneDnnValues(state, type, zero.length).write(zero));
    }
    for (int from = 0; from < 2; from++) {
      IntMemoryMap map = new IntMemoryMap();
      map.put(common);
      map.put(DNNL_ARG_SRC_ITER, hs.get(from));
      map.put(DNNL_ARG_DST_ITER, hs.get(1 - from));
      map.put(DNNL_ARG_SRC_ITER_C, cs.get(from));
      map.put(DNNL_ARG_DST_ITER_C, cs.get(1 - from));
      arguments.add(map);
    }
  }

  private void quantize() {
    // One set of scales serves both matrices and both directions.
    float[] scales = new float[4 * hiddenSize];
    for (int row = 0; row < scales.length; row++) {
      float largest = Float.MIN_NORMAL;
      for (LstmWeights.Cell cell : cells) {
        largest = Math.max(largest, largest(cell.ih(), row, cell.inputSize()));
        largest = Math.max(largest, largest(cell.hh(), row, hiddenSize));
      }
      scales[row] = 127 / largest;
    }
    attributes.set_rnn_data_qparams(OneDnnValues.SCALE, OneDnnValues.SHIFT);
    attributes.set_rnn_weights_qparams(PER_GATE_ROW, scales);
  }

  private static float largest(float[] matrix, int row, int columns) {
    float largest = 0;
    for (int i = row * columns; i < (row + 1) * columns; i++) {
      largest = Math.max(largest, Math.abs(matrix[i]));
    }
    return largest;
  }

  private memory.desc weightsDesc(memory.data_type type, memory.format_tag tag, int columns) {
    return desc(type, tag, 1, directions, columns, 4, hiddenSize);
  }

  /** The weights, reordered once. For int8, oneDNN reorders only what has its outputs inside. */
  private memory packed(int columns, Function<LstmWeights.Cell, float[]> part, memory.desc target) {
    memory given =
        filled(
            weightsDesc(memory.data_type.f32, memory.format_tag.ldigo, columns),
            joined(cell -> transposed(part.apply(cell), columns)));
    memory packed = new memory(target, cpu);
    kept.add(packed);
    new reorder(given, packed, attributes).execute(queue, given, packed);
    queue._wait();
    return packed;
  }

  private static float[] transposed(float[] matrix, int columns) {
    int rows = matrix.length / columns;
    float[] result = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = matrix[row * columns + column];
      }
    }
    return result;
  }

  private float[] joined(Function<LstmWeights.Cell, float[]> part) {
    float[] all = new float[0];
    for (LstmWeights.Cell cell : cells) {
      float[] values = part.apply(cell);
      int length = all.length;
      all = Arrays.copyOf(all, length + values.length);
      System.arraycopy(values, 0, all, length, values.length);
    }
    return all;
  }

  private float[] biases() {
    float[] sum = joined(LstmWeights.Cell::biasIh);
    float[] other = joined(LstmWeights.Cell::biasHh);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    return sum;
  }

  private static memory.desc desc(memory.data_type type, memory.format_tag tag, long... dims) {
    return new memory.desc(dims, type, tag);
  }

  private memory filled(memory.desc description, float[] values) {
    memory data = new memory(description, cpu);
    kept.add(data);
    new FloatPointer(data.get_data_handle()).capacity(values.length).put(values);
    return data;
  }

  private memory zeros(memory.desc description) {
    memory data = new memory(description, cpu);
    kept.add(data);
    Pointer.memset(new BytePointer(data.get_data_handle()), 0, description.get_size());
    return data;
  }

  memory input() {
    return input;
  }

  memory output() {
    return output;
  }

  memory.data_type inputType() {
    return inputType;
  }

  memory.data_type outputType() {
    return outputType;
  }

  void execute() {
    lstm.execute(queue, arguments.get(turn));
    turn = 1 - turn;
  }

  @Override
  public void close() {
    lstm.close();
    arguments.forEach(Pointer::close);
    kept.forEach(Pointer::close);
    attributes.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.lstm_backward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.lstm4j.benchmarks.engine.Gradients;
import org.lstm4j.benchmarks.engine.LearningEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * oneDNN's LSTM primitives for training, and inner products where there is a head. oneDNN adds to
 * the gradients of an LSTM, so they are cleared in each call. It knows the sum of both biases only,
 * whose gradient is that of each.
 */
final class OneDnnLearning implements LearningEngine {
  private final engine cpu = new engine(engine.kind.cpu, 0);
  private final stream queue = new stream(cpu);
  private final OneDnnMemory space = new OneDnnMemory(cpu, queue);
  private final lstm_forward forward;
  private final lstm_backward backward;
  private final memory x;
  private final memory y;
  private final memory xGradient;
  private final memory yGradient;
  private final memory biasGradient;
  private final OneDnnWeights ih;
  private final OneDnnWeights hh;
  private final Optional<OneDnnHead> head;
  private final float[] outputGradient;
  private final LstmWeights.Cell cell;

  /** A call reads one state and writes the other. */
  private final List<IntMemoryMap> forwardArguments = new ArrayList<>();

  private final List<IntMemoryMap> backwardArguments = new ArrayList<>();
  private int turn;

  OneDnnLearning(Workload workload, LstmWeights weights) {
    int steps = workload.kind().steps();
    int batch = workload.kind().batch();
    int hiddenSize = workload.shape().hiddenSize();
    cell = weights.cells().getFirst();
    memory.desc xs = OneDnnMemory.desc(memory.format_tag.tnc, steps, batch, cell.inputSize());
    memory.desc hs = OneDnnMemory.desc(memory.format_tag.tnc, steps, batch, hiddenSize);
    memory.desc ys =
        OneDnnMemory.desc(memory.format_tag.tnc, steps, batch, workload.shape().outputSize());
    memory.desc state = OneDnnMemory.desc(memory.format_tag.ldnc, 1, 1, batch, hiddenSize);
    memory.desc bias = OneDnnMemory.desc(memory.format_tag.ldgo, 1, 1, 4, hiddenSize);
    lstm_forward.primitive_desc there = forwardDesc(xs, state, bias, hs);
    lstm_backward.primitive_desc back = backwardDesc(xs, state, bias, hs, there);
    forward = space.keep(new lstm_forward(there));
    backward = space.keep(new lstm_backward(back));
    ih =
        new OneDnnWeights(
            space,
            cell.ih(),
            hiddenSize,
            there.weights_layer_desc(),
            back.weights_layer_desc(),
            back.diff_weights_layer_desc());
    hh =
        new OneDnnWeights(
            space,
            cell.hh(),
            hiddenSize,
            there.weights_iter_desc(),
            back.weights_iter_desc(),
            back.diff_weights_iter_desc());
    x = space.zeros(xs);
    y = space.zeros(ys);
    xGradient = space.zeros(xs);
    yGradient = space.zeros(ys);
    biasGradient = space.zeros(bias);
    outputGradient = LstmWeights.outputGradient(workload.outputElements());
    memory h = weights.head().isPresent() ? space.zeros(hs) : y;
    memory hGradient = weights.head().isPresent() ? space.zeros(hs) : yGradient;
    head =
        weights
            .head()
            .map(
                values -> new OneDnnHead(cpu, space, workload, values, h, hGradient, y, yGradient));
    addArguments(state, bias, h, hGradient, space.zeros(there.workspace_desc()));
  }

  /** Weights in the layout that oneDNN likes best. */
  private static memory.desc anyLayout(memory.desc inputs, memory.desc state) {
    long columns = inputs.get_dims().get(2);
    long hiddenSize = state.get_dims().get(3);
    return OneDnnMemory.desc(memory.format_tag.any, 1, 1, columns, 4, hiddenSize);
  }

  private lstm_forward.primitive_desc forwardDesc(
      memory.desc xs, memory.desc state, memory.desc bias, memory.desc hs) {
    return new lstm_forward.primitive_desc(
        cpu,
        dnnl.prop_kind.forward_training,
        dnnl.rnn_direction.unidirectional_left2right,
        xs,
        state,
        state,
        anyLayout(xs, state),
        anyLayout(hs, state),
        bias,
        hs,
        state,
        state);
  }

  private lstm_backward.primitive_desc backwardDesc(
      memory.desc xs,
      memory.desc state,
      memory.desc bias,
      memory.desc hs,
      lstm_forward.primitive_desc there) {
    return new lstm_backward.primitive_desc(
        cpu,
        dnnl.prop_kind.backward,
        dnnl.rnn_direction.unidirectional_left2right,
        xs,
        state,
        state,
        anyLayout(xs, state),
        anyLayout(hs, state),
        bias,
        hs,
        state,
        state,
        xs,
        state,
        state,
        anyLayout(xs, state),
        anyLayout(hs, state),
        bias,
        hs,
        state,
        state,
        there);
  }

  private void addArguments(
      memory.desc state, memory.desc bias, memory h, memory hGradient, memory workspace) {
    IntMemoryMap common = new IntMemoryMap();
    common.put(DNNL_ARG_SRC_LAYER, x);
    common.put(DNNL_ARG_DST_LAYER, h);
    common.put(DNNL_ARG_BIAS, space.filled(bias, biases()));
    common.put(DNNL_ARG_WORKSPACE, workspace);
    IntMemoryMap gradients = new IntMemoryMap();
    gradients.put(DNNL_ARG_DIFF_DST_LAYER, hGradient);
    gradients.put(DNNL_ARG_DIFF_DST_ITER, space.zeros(state));
    gradients.put(DNNL_ARG_DIFF_DST_ITER_C, space.zeros(state));
    gradients.put(DNNL_ARG_DIFF_SRC_LAYER, xGradient);
    gradients.put(DNNL_ARG_DIFF_SRC_ITER, space.zeros(state));
    gradients.put(DNNL_ARG_DIFF_SRC_ITER_C, space.zeros(state));
    gradients.put(DNNL_ARG_DIFF_WEIGHTS_LAYER, ih.gradient());
    gradients.put(DNNL_ARG_DIFF_WEIGHTS_ITER, hh.gradient());
    gradients.put(DNNL_ARG_DIFF_BIAS, biasGradient);
    List<memory> hs = List.of(space.zeros(state), space.zeros(state));
    List<memory> cs = List.of(space.zeros(state), space.zeros(state));
    for (int from = 0; from < 2; from++) {
      common.put(DNNL_ARG_SRC_ITER, hs.get(from));
      common.put(DNNL_ARG_DST_ITER, hs.get(1 - from));
      common.put(DNNL_ARG_SRC_ITER_C, cs.get(from));
      common.put(DNNL_ARG_DST_ITER_C, cs.get(1 - from));
      forwardArguments.add(with(common, ih.forward(), hh.forward()));
      IntMemoryMap map = with(common, ih.backward(), hh.backward());
      for (IntMemoryMap.Iterator i = gradients.begin(); !i.equals(gradients.end()); i.increment()) {
        map.put(i.first(), i.second());
      }
      backwardArguments.add(map);
    }
  }

  private static IntMemoryMap with(IntMemoryMap common, memory ih, memory hh) {
    IntMemoryMap map = new IntMemoryMap();
    map.put(common);
    map.put(DNNL_ARG_WEIGHTS_LAYER, ih);
    map.put(DNNL_ARG_WEIGHTS_ITER, hh);
    return map;
  }

  private float[] biases() {
    float[] sum = cell.biasIh().clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += cell.biasHh()[i];
    }
    return sum;
  }

  @Override
  public void run(float[] in, float[] out) {
    ih.refresh(queue);
    hh.refresh(queue);
    OneDnnMemory.clear(ih.gradient());
    OneDnnMemory.clear(hh.gradient());
    OneDnnMemory.clear(biasGradient);
    OneDnnMemory.write(x, in);
    forward.execute(queue, forwardArguments.get(turn));
    head.ifPresent(layer -> layer.forward(queue));
    queue._wait();
    OneDnnMemory.read(y, out);
    OneDnnMemory.write(yGradient, outputGradient);
    head.ifPresent(layer -> layer.backward(queue));
    backward.execute(queue, backwardArguments.get(turn));
    queue._wait();
    turn = 1 - turn;
  }

  @Override
  public Gradients gradients() {
    float[] bias = new float[cell.biasIh().length];
    OneDnnMemory.read(biasGradient, bias);
    float[] input = new float[Math.toIntExact(x.get_desc().get_size() / Float.BYTES)];
    OneDnnMemory.read(xGradient, input);
    return new Gradients(
        ih.gradientValues(cell.ih().length),
        hh.gradientValues(cell.hh().length),
        bias,
        bias,
        head.map(OneDnnHead::gradients),
        input);
  }

  @Override
  public void close() {
    forwardArguments.forEach(IntMemoryMap::close);
    backwardArguments.forEach(IntMemoryMap::close);
    space.close();
    queue.close();
    cpu.close();
  }
}

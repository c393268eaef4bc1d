// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Workload;

/** A linear layer that learns, over all time steps and batch rows at once, in plain layouts. */
final class OneDnnHead {
  private final inner_product_forward forward;
  private final inner_product_backward_data backwardData;
  private final inner_product_backward_weights backwardWeights;
  private final IntMemoryMap forwardArguments = new IntMemoryMap();
  private final IntMemoryMap dataArguments = new IntMemoryMap();
  private final IntMemoryMap weightArguments = new IntMemoryMap();
  private final LstmWeights.Head values;
  private final memory weightGradient;
  private final memory biasGradient;

  /**
   * Puts a layer behind an LSTM.
   *
   * @param lstmOutput what the LSTM gives
   * @param lstmOutputGradient receives its gradient
   * @param output receives the output
   * @param outputGradient its gradient
   */
  OneDnnHead(
      engine cpu,
      OneDnnMemory space,
      Workload workload,
      LstmWeights.Head values,
      memory lstmOutput,
      memory lstmOutputGradient,
      memory output,
      memory outputGradient) {
    this.values = values;
    long rows = (long) workload.kind().steps() * workload.kind().batch();
    int outputs = workload.shape().headSize();
    int inputs = workload.shape().hiddenSize();
    memory.desc src = OneDnnMemory.desc(memory.format_tag.nc, rows, inputs);
    memory.desc dst = OneDnnMemory.desc(memory.format_tag.nc, rows, outputs);
    memory.desc weight = OneDnnMemory.desc(memory.format_tag.oi, outputs, inputs);
    memory.desc bias = OneDnnMemory.desc(memory.format_tag.x, outputs);
    inner_product_forward.primitive_desc hint =
        new inner_product_forward.primitive_desc(
            cpu, dnnl.prop_kind.forward_training, src, weight, bias, dst);
    forward = space.keep(new inner_product_forward(hint));
    backwardData =
        space.keep(
            new inner_product_backward_data(
                new inner_product_backward_data.primitive_desc(cpu, src, weight, dst, hint)));
    backwardWeights =
        space.keep(
            new inner_product_backward_weights(
                new inner_product_backward_weights.primitive_desc(
                    cpu, src, weight, bias, dst, hint)));
    weightGradient = space.zeros(weight);
    biasGradient = space.zeros(bias);
    memory weights = space.filled(weight, values.weight());
    memory lstm = space.view(lstmOutput, src);
    memory gradient = space.view(outputGradient, dst);
    forwardArguments.put(DNNL_ARG_SRC, lstm);
    forwardArguments.put(DNNL_ARG_WEIGHTS, weights);
    forwardArguments.put(DNNL_ARG_BIAS, space.filled(bias, values.bias()));
    forwardArguments.put(DNNL_ARG_DST, space.view(output, dst));
    dataArguments.put(DNNL_ARG_DIFF_DST, gradient);
    dataArguments.put(DNNL_ARG_WEIGHTS, weights);
    dataArguments.put(DNNL_ARG_DIFF_SRC, space.view(lstmOutputGradient, src));
    weightArguments.put(DNNL_ARG_SRC, lstm);
    weightArguments.put(DNNL_ARG_DIFF_DST, gradient);
    weightArguments.put(DNNL_ARG_DIFF_WEIGHTS, weightGradient);
    weightArguments.put(DNNL_ARG_DIFF_BIAS, biasGradient);
  }

  void forward(stream queue) {
    forward.execute(queue, forwardArguments);
  }

  void backward(stream queue) {
    backwardData.execute(queue, dataArguments);
    backwardWeights.execute(queue, weightArguments);
  }

  LstmWeights.Head gradients() {
    float[] weight = new float[values.weight().length];
    float[] bias = new float[values.bias().length];
    OneDnnMemory.read(weightGradient, weight);
    OneDnnMemory.read(biasGradient, bias);
    return new LstmWeights.Head(weight, bias);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.lstm4j.benchmarks.engine.Gradients;
import org.lstm4j.benchmarks.engine.LearningEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * {@code at::lstm}, {@code at::linear} where there is a head, and autograd, on one thread.
 * Gradients are dropped before each call, as PyTorch's optimizers do by default, so that they need
 * no adding.
 */
final class LibtorchLearning implements LearningEngine {
  private final List<FloatPointer> kept = new ArrayList<>();

  /** ih, hh, biasIh, biasHh. */
  private final List<Tensor> parameters;

  private final TensorVector lstm;

  /** Weight and bias; empty where there is no head. */
  private final List<Tensor> head;

  private final FloatPointer x;
  private final Tensor input;
  private final float[] outputGradient;
  private final FloatPointer dy;
  private final Tensor outputGradientTensor;
  private final Tensor h;
  private final Tensor c;

  LibtorchLearning(Workload workload, LstmWeights weights, boolean oneDnn) {
    torch.set_num_threads(1);
    torch.globalContext().setUserEnabledMkldnn(oneDnn);
    Shape shape = workload.shape();
    int steps = workload.kind().steps();
    int batch = workload.kind().batch();
    long gates = 4L * shape.hiddenSize();
    LstmWeights.Cell cell = weights.cells().getFirst();
    parameters =
        List.of(
            leaf(cell.ih(), gates, cell.inputSize()),
            leaf(cell.hh(), gates, shape.hiddenSize()),
            leaf(cell.biasIh(), gates),
            leaf(cell.biasHh(), gates));
    lstm = new TensorVector();
    parameters.forEach(lstm::push_back);
    head =
        weights
            .head()
            .map(values ->
                List.of(
                    leaf(values.weight(), shape.headSize(), shape.hiddenSize()),
                    leaf(values.bias(), shape.headSize())))
            .orElse(List.of());
    x = new FloatPointer((long) workload.inputElements());
    input = torch.from_blob(x, steps, batch, shape.inputSize()).set_requires_grad(true);
    outputGradient = LstmWeights.outputGradient(workload.outputElements());
    dy = new FloatPointer((long) workload.outputElements());
    outputGradientTensor = torch.from_blob(dy, steps, batch, shape.outputSize());
    float[] zeros = new float[batch * shape.hiddenSize()];
    h = tensor(zeros, 1, batch, shape.hiddenSize());
    c = tensor(zeros, 1, batch, shape.hiddenSize());
  }

  private Tensor leaf(float[] values, long... dims) {
    return tensor(values, dims).set_requires_grad(true);
  }

  /** Its memory is libtorch's own, aligned as it likes it. */
  private Tensor tensor(float[] values, long... dims) {
    FloatPointer data = new FloatPointer(values);
    kept.add(data);
    return torch.from_blob(data, dims).clone();
  }

  @Override
  public void run(float[] in, float[] out) {
    try (PointerScope _ = new PointerScope()) {
      parameters.forEach(parameter -> parameter.mutable_grad().reset());
      head.forEach(parameter -> parameter.mutable_grad().reset());
      input.mutable_grad().reset();
      x.put(in);
      T_TensorTensorTensor_T result =
          torch.lstm(input, new TensorVector(h, c), lstm, true, 1, 0, true, false, false);
      Tensor y = result.get0();
      if (!head.isEmpty()) {
        y = torch.linear(y, head.get(0), new TensorOptional(head.get(1)));
      }
      new FloatPointer(y.data_ptr()).capacity(out.length).get(out);
      dy.put(outputGradient);
      y.backward(outputGradientTensor, new BoolOptional(), false, new TensorArrayRefOptional());
      h.put(result.get1().detach());
      c.put(result.get2().detach());
    }
  }

  @Override
  public Gradients gradients() {
    try (PointerScope _ = new PointerScope()) {
      return new Gradients(
          gradient(parameters.get(0)),
          gradient(parameters.get(1)),
          gradient(parameters.get(2)),
          gradient(parameters.get(3)),
          head.isEmpty()
              ? Optional.empty()
              : Optional.of(new LstmWeights.Head(gradient(head.get(0)), gradient(head.get(1)))),
          gradient(input));
    }
  }

  private static float[] gradient(Tensor tensor) {
    Tensor gradient = tensor.grad().contiguous();
    float[] values = new float[Math.toIntExact(gradient.numel())];
    new FloatPointer(gradient.data_ptr()).capacity(values.length).get(values);
    return values;
  }

  @Override
  public void close() {
    h.close();
    c.close();
    input.close();
    outputGradientTensor.close();
    x.close();
    dy.close();
    lstm.close();
    parameters.forEach(Tensor::close);
    head.forEach(Tensor::close);
    kept.forEach(FloatPointer::close);
  }
}

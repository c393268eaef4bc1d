// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * {@code at::lstm}, and {@code at::linear} where there is a head, with parameters that autograd
 * follows, on one thread. The state is carried from call to call, gradients are not.
 */
final class LibtorchNetwork implements AutoCloseable {
  private final List<FloatPointer> kept = new ArrayList<>();
  private final TensorVector lstm = new TensorVector();

  /** Weight and bias; empty where there is no head. */
  private final List<Tensor> head;

  private final List<Tensor> parameters;
  private final Tensor h;
  private final Tensor c;

  LibtorchNetwork(Workload workload, LstmWeights weights, boolean oneDnn) {
    torch.set_num_threads(1);
    torch.globalContext().setUserEnabledMkldnn(oneDnn);
    Shape shape = workload.shape();
    int batch = workload.kind().batch();
    long gates = 4L * shape.hiddenSize();
    LstmWeights.Cell cell = weights.cells().getFirst();
    parameters =
        new ArrayList<>(
            List.of(
                leaf(cell.ih(), gates, cell.inputSize()),
                leaf(cell.hh(), gates, shape.hiddenSize()),
                leaf(cell.biasIh(), gates),
                leaf(cell.biasHh(), gates)));
    parameters.forEach(lstm::push_back);
    head =
        weights
            .head()
            .map(values ->
                List.of(
                    leaf(values.weight(), shape.headSize(), shape.hiddenSize()),
                    leaf(values.bias(), shape.headSize())))
            .orElse(List.of());
    parameters.addAll(head);
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

  /** {@return ih, hh, biasIh, biasHh, and weight and bias of a head} */
  List<Tensor> parameters() {
    return parameters;
  }

  /** From [time step, batch, feature] to the same. */
  Tensor forward(Tensor input) {
    T_TensorTensorTensor_T result =
        torch.lstm(input, new TensorVector(h, c), lstm, true, 1, 0, true, false, false);
    h.put(result.get1().detach());
    c.put(result.get2().detach());
    return head.isEmpty()
        ? result.get0()
        : torch.linear(result.get0(), head.get(0), new TensorOptional(head.get(1)));
  }

  /** A copy of what a tensor of floats holds. */
  static float[] values(Tensor tensor) {
    Tensor inOrder = tensor.contiguous();
    float[] values = new float[Math.toIntExact(inOrder.numel())];
    new FloatPointer(inOrder.data_ptr()).capacity(values.length).get(values);
    return values;
  }

  @Override
  public void close() {
    h.close();
    c.close();
    lstm.close();
    parameters.forEach(Tensor::close);
    kept.forEach(FloatPointer::close);
  }
}

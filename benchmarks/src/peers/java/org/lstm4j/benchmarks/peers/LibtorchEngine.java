// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Workload;

/** {@code at::lstm} on one thread in inference mode, its input tensor made once. */
final class LibtorchEngine implements LstmEngine {
  private final Shape shape;
  private final InferenceMode inference;
  private final TensorVector parameters;
  private final List<FloatPointer> kept = new ArrayList<>();
  private final FloatPointer x;
  private final Tensor input;
  private final Tensor h;
  private final Tensor c;

  LibtorchEngine(Workload workload, LstmWeights weights, boolean oneDnn) {
    shape = workload.shape();
    torch.set_num_threads(1);
    torch.globalContext().setUserEnabledMkldnn(oneDnn);
    inference = new InferenceMode(true);
    parameters = parameters(weights);
    int batch = workload.kind().batch();
    x = new FloatPointer((long) workload.inputElements());
    input = torch.from_blob(x, workload.kind().steps(), batch, shape.inputSize());
    h = zeros(batch);
    c = zeros(batch);
  }

  private TensorVector parameters(LstmWeights weights) {
    long gates = 4L * shape.hiddenSize();
    TensorVector vector = new TensorVector();
    for (LstmWeights.Cell cell : weights.cells()) {
      vector.push_back(tensor(cell.ih(), gates, cell.inputSize()));
      vector.push_back(tensor(cell.hh(), gates, shape.hiddenSize()));
      vector.push_back(tensor(cell.biasIh(), gates));
      vector.push_back(tensor(cell.biasHh(), gates));
    }
    return vector;
  }

  private Tensor zeros(int batch) {
    int states = shape.layers() * shape.directions();
    return tensor(
        new float[states * batch * shape.hiddenSize()], states, batch, shape.hiddenSize());
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
      x.put(in);
      T_TensorTensorTensor_T result =
          torch.lstm(
              input,
              new TensorVector(h, c),
              parameters,
              true,
              shape.layers(),
              0,
              false,
              shape.directions() == 2,
              false);
      new FloatPointer(result.get0().data_ptr()).capacity(out.length).get(out);
      h.put(result.get1());
      c.put(result.get2());
    }
  }

  @Override
  public void close() {
    h.close();
    c.close();
    input.close();
    x.close();
    parameters.close();
    kept.forEach(FloatPointer::close);
    inference.close();
  }
}

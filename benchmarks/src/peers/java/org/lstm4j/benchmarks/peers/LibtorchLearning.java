// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;
import org.lstm4j.benchmarks.engine.Gradients;
import org.lstm4j.benchmarks.engine.LearningEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * {@link LibtorchNetwork} and autograd. Gradients are dropped before each call, as PyTorch's
 * optimizers do by default, so that they need no adding.
 */
final class LibtorchLearning implements LearningEngine {
  private final LibtorchNetwork network;
  private final FloatPointer x;
  private final Tensor input;
  private final float[] outputGradient;
  private final FloatPointer dy;
  private final Tensor outputGradientTensor;

  LibtorchLearning(Workload workload, LstmWeights weights, boolean oneDnn) {
    network = new LibtorchNetwork(workload, weights, oneDnn);
    Shape shape = workload.shape();
    int steps = workload.kind().steps();
    int batch = workload.kind().batch();
    x = new FloatPointer((long) workload.inputElements());
    input = torch.from_blob(x, steps, batch, shape.inputSize()).set_requires_grad(true);
    outputGradient = LstmWeights.outputGradient(workload.outputElements());
    dy = new FloatPointer((long) workload.outputElements());
    outputGradientTensor = torch.from_blob(dy, steps, batch, shape.outputSize());
  }

  @Override
  public void run(float[] in, float[] out) {
    try (PointerScope _ = new PointerScope()) {
      network.parameters().forEach(parameter -> parameter.mutable_grad().reset());
      input.mutable_grad().reset();
      x.put(in);
      Tensor y = network.forward(input);
      new FloatPointer(y.data_ptr()).capacity(out.length).get(out);
      dy.put(outputGradient);
      y.backward(outputGradientTensor, new BoolOptional(), false, new TensorArrayRefOptional());
    }
  }

  @Override
  public Gradients gradients() {
    try (PointerScope _ = new PointerScope()) {
      List<float[]> gradients =
          network.parameters().stream()
              .map(parameter -> LibtorchNetwork.values(parameter.grad()))
              .toList();
      return new Gradients(
          gradients.get(0),
          gradients.get(1),
          gradients.get(2),
          gradients.get(3),
          gradients.size() > 4
              ? Optional.of(new LstmWeights.Head(gradients.get(4), gradients.get(5)))
              : Optional.empty(),
          LibtorchNetwork.values(input.grad()));
    }
  }

  @Override
  public void close() {
    input.close();
    outputGradientTensor.close();
    x.close();
    dy.close();
    network.close();
  }
}

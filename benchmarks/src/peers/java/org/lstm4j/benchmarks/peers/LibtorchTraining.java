// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.TrainingEngine;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * A training step as one writes it with libtorch: {@code one_hot}, {@link LibtorchNetwork}, {@code
 * cross_entropy}, {@code backward}, {@code clip_grad_norm_} and {@code torch::optim::SGD}.
 */
final class LibtorchTraining implements TrainingEngine {
  private final LibtorchNetwork network;
  private final TensorVector parameters = new TensorVector();
  private final SGDOptions options = new SGDOptions(LEARNING_RATE);
  private final SGD optimizer;
  private final int classes;
  private final LongPointer x;
  private final Tensor tokenTensor;
  private final LongPointer y;
  private final Tensor followingTensor;

  LibtorchTraining(Workload workload, LstmWeights weights, boolean oneDnn) {
    network = new LibtorchNetwork(workload, weights, oneDnn);
    network.parameters().forEach(parameters::push_back);
    optimizer = new SGD(parameters, options);
    classes = workload.shape().headSize();
    long steps = workload.kind().steps();
    long batch = workload.kind().batch();
    x = new LongPointer(steps * batch);
    y = new LongPointer(steps * batch);
    try (TensorOptions integers = new TensorOptions(ScalarType.Long)) {
      tokenTensor = torch.from_blob(x, new long[] {steps, batch}, integers);
      followingTensor = torch.from_blob(y, new long[] {steps * batch}, integers);
    }
  }

  @Override
  public double learn(int[] tokens, int[] following) {
    try (PointerScope _ = new PointerScope()) {
      put(tokens, x);
      put(following, y);
      optimizer.zero_grad();
      Tensor input = torch.one_hot(tokenTensor, classes).toType(ScalarType.Float);
      Tensor logits = network.forward(input).view(-1, classes);
      Tensor loss = torch.cross_entropy(logits, followingTensor);
      loss.backward();
      torch.clip_grad_norm_(parameters, MAX_NORM);
      optimizer.step();
      return loss.item_float();
    }
  }

  private static void put(int[] from, LongPointer to) {
    to.put(Arrays.stream(from).asLongStream().toArray());
  }

  @Override
  public List<float[]> parameters() {
    try (PointerScope _ = new PointerScope()) {
      return network.parameters().stream().map(LibtorchNetwork::values).toList();
    }
  }

  @Override
  public void close() {
    optimizer.close();
    options.close();
    parameters.close();
    tokenTensor.close();
    followingTensor.close();
    x.close();
    y.close();
    network.close();
  }
}

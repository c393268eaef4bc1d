// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;

/** Makes checkpoints of zeros, with the names and shapes that PyTorch's modules have. */
public final class CheckpointBuilder {
  private final ContainerKind container;
  private final List<StoredTensor> tensors = new ArrayList<>();
  private final List<SavedModule> modules = new ArrayList<>();
  private String dict = "";

  private CheckpointBuilder(ContainerKind container) {
    this.container = container;
  }

  /** A file that keeps the order of modules. */
  public static CheckpointBuilder torch() {
    return new CheckpointBuilder(ContainerKind.TORCH_ZIP);
  }

  /** A file that does not. */
  public static CheckpointBuilder safetensors() {
    return new CheckpointBuilder(ContainerKind.SAFETENSORS);
  }

  /** The dict that what follows lies in. */
  public CheckpointBuilder in(String path) {
    dict = path;
    return this;
  }

  public CheckpointBuilder tensor(String name, long... shape) {
    return tensor(name, DType.FLOAT32, shape);
  }

  public CheckpointBuilder tensor(String name, DType dtype, long... shape) {
    MemorySegment zeros =
        MemorySegment.ofArray(new byte[(int) Tensor.sizeOf(shape) * dtype.bytes()]);
    tensors.add(new StoredTensor(dict, name, dtype, shape, zeros));
    return this;
  }

  public CheckpointBuilder layer(Layer layer) {
    for (Parameter parameter : layer.parameters()) {
      tensor(parameter.name(), parameter.shapeArray());
    }
    return this;
  }

  public CheckpointBuilder lstm(String name, int inputSize, int hiddenSize) {
    return layer(Layer.Lstm.of(name, inputSize, hiddenSize));
  }

  public CheckpointBuilder linear(String name, int inFeatures, int outFeatures) {
    return layer(new Layer.Linear(name, inFeatures, outFeatures, true));
  }

  /** A Linear without bias, or an Embedding. */
  public CheckpointBuilder matrix(String name, int rows, int columns) {
    return tensor(name + ".weight", rows, columns);
  }

  /** A module that was saved as an object; its tensors are to be added besides. */
  public CheckpointBuilder module(SavedModule module) {
    modules.add(module);
    return this;
  }

  /** Takes a tensor out again. */
  public CheckpointBuilder without(String name) {
    if (!tensors.removeIf(tensor -> tensor.path().equals(name))) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return this;
  }

  public Checkpoint build() {
    return new Checkpoint(Path.of("model.pt"), container, tensors, modules, List.of());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

/** The file formats that checkpoints are read from. */
public enum ContainerKind {
  /** What {@code torch.save} writes since PyTorch 1.6: a zip archive around a pickle. */
  TORCH_ZIP("PyTorch checkpoint", true),
  /** What {@code torch.save} wrote before: several pickles, then the tensors' bytes. */
  TORCH_LEGACY("PyTorch checkpoint (legacy format)", true),
  /** What {@code torch.jit.save} writes. */
  TORCH_SCRIPT("TorchScript archive", true),
  /** A pickled dict of NumPy arrays. */
  PICKLE("pickled NumPy arrays", true),
  /** A JSON header and the tensors' bytes; its writers sort the names. */
  SAFETENSORS("safetensors", false),
  /** What {@code numpy.savez} writes: a zip archive of arrays. */
  NPZ("NumPy archive", true),
  /** Names with nested lists of numbers. */
  JSON("JSON state dict", true),
  /** A list of Keras layers with their weights, as RTNeural reads it. */
  RTNEURAL("RTNeural JSON", true),
  /** A graph of operators and its constant tensors. */
  ONNX("ONNX model", false);

  private final String description;
  private final boolean keepsModuleOrder;

  ContainerKind(String description, boolean keepsModuleOrder) {
    this.description = description;
    this.keepsModuleOrder = keepsModuleOrder;
  }

  /**
   * Whether tensors come in the order in which the network's modules were registered, which is as a
   * rule the order in which data flows.
   */
  public boolean keepsModuleOrder() {
    return keepsModuleOrder;
  }

  /** For people to read. */
  @Override
  public String toString() {
    return description;
  }
}

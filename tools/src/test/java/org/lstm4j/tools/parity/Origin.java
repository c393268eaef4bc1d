// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import java.io.IOException;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.checkpoint.FileSignature;

/** The ways in which a network leaves PyTorch; a row each of the README's table. */
enum Origin {
  STATE_DICT("`torch.save`, state dict"),
  TRAINING("the same in a training checkpoint, as of Lightning"),
  MODULE("`torch.save`, whole module"),
  LEGACY("`torch.save` before PyTorch 1.6"),
  SCRIPT("TorchScript"),
  PICKLE("pickled NumPy arrays"),
  SAFETENSORS("safetensors"),
  SHARDS("safetensors in shards"),
  EXPORTED("safetensors of `lstm4j_export.py`"),
  NPZ("`.npz`"),
  JSON("JSON of RTNeural, PyTorch's layers"),
  RTNEURAL("JSON of RTNeural, Keras' layers"),
  ONNX("ONNX"),
  MAPPED("any of tensors, with a mapping file");

  private final String row;

  Origin(String row) {
    this.row = row;
  }

  /** What its row begins with. */
  String row() {
    return row;
  }

  /** Where a golden's network comes from, as its file and its options tell. */
  static Origin of(Golden golden) throws IOException {
    if (golden.options().contains("--map")) {
      return MAPPED;
    }
    Checkpoint checkpoint = Checkpoints.read(golden.checkpoint());
    return switch (checkpoint.container()) {
      case TORCH_ZIP -> ofZip(checkpoint);
      case TORCH_LEGACY -> LEGACY;
      case TORCH_SCRIPT -> SCRIPT;
      case PICKLE -> PICKLE;
      case SAFETENSORS -> ofSafetensors(checkpoint);
      case NPZ -> NPZ;
      case JSON -> JSON;
      case RTNEURAL -> RTNEURAL;
      case ONNX -> ONNX;
    };
  }

  private static Origin ofZip(Checkpoint checkpoint) {
    if (!checkpoint.modules().isEmpty()) {
      return MODULE;
    }
    return checkpoint.tensors().getFirst().dict().isEmpty() ? STATE_DICT : TRAINING;
  }

  private static Origin ofSafetensors(Checkpoint checkpoint) throws IOException {
    if (checkpoint.architecture().isPresent()) {
      return EXPORTED;
    }
    return FileSignature.of(checkpoint.file()) == FileSignature.JSON ? SHARDS : SAFETENSORS;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.nio.file.Path;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/** From an unpickled object to a checkpoint: the last step of every container around a pickle. */
final class TorchObjects {
  private TorchObjects() {}

  /**
   * The checkpoint that an object is.
   *
   * @param root what was unpickled
   * @param source where its storages lie
   * @throws Refusal if it holds something that cannot be read
   */
  static Checkpoint checkpoint(
      Path file, ContainerKind kind, Object root, StorageSource source, TensorMemory memory)
      throws IOException {
    TensorWalk walk = TensorWalk.over(root, ScriptCode.NONE);
    if (root instanceof PickledObject object
        && walk.modules().isEmpty()
        && walk.tensors().isEmpty()) {
      throw new Refusal(
          "holds a whole object of class %s and no weights; load it in PyTorch and save"
              + " torch.save(model.state_dict(), PATH)",
          object.className());
    }
    Storages storages = new Storages(source, memory);
    return new Checkpoint(file, kind, storages.load(walk.tensors()), walk.modules(), walk.notes());
  }
}

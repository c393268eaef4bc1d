// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/** A pickle without PyTorch around it: of a dict of NumPy arrays. Stateless. */
public final class PlainPickle implements Container {
  private static final String WHAT = "its pickle";

  @Override
  public Checkpoint read(Path file) throws IOException {
    long size = Files.size(file);
    Refusal.require(
        size <= PickleScan.MAX_BYTES,
        "is a plain Python pickle of %d bytes, where at most %d are read; save the weights with"
            + " torch.save(model.state_dict(), PATH)",
        size,
        PickleScan.MAX_BYTES);
    Object object = TorchUnpickler.load(Files.readAllBytes(file), WHAT);
    return TorchObjects.checkpoint(
        file, ContainerKind.PICKLE, object, StorageSource.NONE, new TensorMemory(size));
  }
}

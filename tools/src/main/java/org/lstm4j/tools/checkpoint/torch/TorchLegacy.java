// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * What {@code torch.save} wrote before PyTorch 1.6, and still writes with {@code
 * _use_new_zipfile_serialization=False}: pickles of a magic number, a version, the machine's sizes,
 * the object, and the keys of its storages; then the storages. Stateless.
 */
public final class TorchLegacy implements Container {
  private static final long VERSION = 1001;
  private static final String WHAT = "its pickle";

  @Override
  public Checkpoint read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return read(file, bytes);
    } catch (InternalError e) {
      // How the JVM reports that a mapped page is no longer there.
      throw Refusal.causedBy(e, "became shorter while it was read; try again");
    }
  }

  private static Checkpoint read(Path file, MemorySegment bytes) throws IOException {
    byte[] pickles =
        bytes
            .asSlice(0, Math.min(bytes.byteSize(), PickleScan.MAX_BYTES))
            .toArray(ValueLayout.JAVA_BYTE);
    TorchUnpickler.Unpickled magic = TorchUnpickler.load(pickles, 0, WHAT);
    TorchUnpickler.Unpickled version = TorchUnpickler.load(pickles, magic.end(), WHAT);
    Refusal.require(
        version.object() instanceof Number number && number.longValue() == VERSION,
        "is of a version of PyTorch's legacy format that is not known; load it with torch.load and"
            + " save it again with torch.save(model.state_dict(), PATH)");
    // The machine's sizes are of no use: storages are little-endian on all machines.
    TorchUnpickler.Unpickled machine = TorchUnpickler.load(pickles, version.end(), WHAT);
    TorchUnpickler.Unpickled object = TorchUnpickler.load(pickles, machine.end(), WHAT);
    TorchUnpickler.Unpickled keys = TorchUnpickler.load(pickles, object.end(), WHAT);
    LegacyStorages storages =
        LegacyStorages.of(bytes, keys.end(), keys.object(), object.storages());
    return TorchObjects.checkpoint(
        file,
        ContainerKind.TORCH_LEGACY,
        object.object(),
        storages,
        new TensorMemory(bytes.byteSize()));
  }
}

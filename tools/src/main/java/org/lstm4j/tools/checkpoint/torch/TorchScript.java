// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.SavedModule;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * What {@code torch.jit.save} writes: modules in {@code data.pkl}, code, and what the code uses as
 * constants, which of a frozen module are its weights.
 *
 * @param root the archive's top folder, with its slash
 */
record TorchScript(ZipArchive archive, String root, ByteOrder order, TensorMemory memory) {
  private static final String CONSTANTS = "constants.pkl";
  private static final int MOST_NAMED = 6;

  /**
   * Reads the archive.
   *
   * @param object that of {@code data.pkl}
   */
  Checkpoint read(Path file, Object object) throws IOException {
    ScriptCode code = ScriptCode.of(archive, root);
    TensorWalk walk = TensorWalk.over(object, code);
    List<SavedModule> modules = new ArrayList<>(walk.modules());
    List<String> notes = new ArrayList<>(walk.notes());
    FrozenConstants frozen =
        new FrozenConstants(
            constants(),
            object instanceof PickledObject module
                ? code.type(module.className()).calls()
                : List.of());
    if (!frozen.modules().isEmpty() && modules.size() == 1) {
      modules.set(0, withChildren(modules.getFirst(), frozen.modules()));
    }
    Storages constants = new Storages(new ZipStorages(archive, root + "constants/", order), memory);
    Storages data = new Storages(new ZipStorages(archive, root + "data/", order), memory);
    List<StoredTensor> tensors = new ArrayList<>(constants.load(frozen.tensors()));
    tensors.addAll(data.load(walk.tensors()));
    List<StoredTensor> unused = weights(constants.load(frozen.unused()));
    tensors.addAll(unused);
    if (!unused.isEmpty()) {
      notes.add(unclear(unused));
    }
    if (!frozen.modules().isEmpty()
        && frozen.modules().stream().noneMatch(module -> module.type().contains(".rnn."))) {
      notes.add(
          "the module is frozen, which leaves no more of a traced cell than its products; save it"
              + " before torch.jit.freeze, or script it");
    }
    return new Checkpoint(file, ContainerKind.TORCH_SCRIPT, tensors, modules, notes);
  }

  private Object[] constants() throws IOException {
    return archive.names().contains(root + CONSTANTS)
            && TorchUnpickler.load(archive.read(root + CONSTANTS, PickleScan.MAX_BYTES), CONSTANTS)
                instanceof Object[] tuple
        ? tuple
        : new Object[0];
  }

  private static SavedModule withChildren(SavedModule module, List<SavedModule> first) {
    List<SavedModule> children = new ArrayList<>(first);
    children.addAll(module.children());
    return new SavedModule(
        module.dict(), module.path(), module.type(), module.attributes(), children);
  }

  /** Scalars and whole numbers among constants are indices and sizes. */
  private static List<StoredTensor> weights(List<StoredTensor> constants) {
    return constants.stream()
        .filter(tensor -> tensor.shape().length > 0 && tensor.dtype().isFloatingPoint())
        .toList();
  }

  private static String unclear(List<StoredTensor> unused) {
    return "the code does not plainly say what the constants %s of this frozen module are; if they"
            .formatted(
                unused.stream()
                    .limit(MOST_NAMED)
                    .map(StoredTensor::name)
                    .collect(Collectors.joining(", ")))
        + " are weights, save the state dict of the module before torch.jit.freeze";
  }
}

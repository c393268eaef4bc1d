// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/** The zip format of {@code torch.save}, since PyTorch 1.6. Stateless. */
public final class TorchZip implements Container {
  private static final String PICKLE = "data.pkl";
  private static final int MAX_BYTE_ORDER_LENGTH = 16;

  @Override
  public Checkpoint read(Path file) throws IOException {
    try (ZipArchive archive = new ZipArchive(file)) {
      String root = root(archive);
      Object object = TorchUnpickler.load(archive.read(root + PICKLE, PickleScan.MAX_BYTES));
      refuseWholeModel(object);
      TensorWalk walk = TensorWalk.over(object);
      Storages storages =
          new Storages(
              archive,
              root + "data/",
              byteOrder(archive, root),
              new TensorMemory(Files.size(file)));
      List<StoredTensor> tensors = new ArrayList<>();
      for (TensorWalk.Found found : walk.tensors()) {
        tensors.add(storages.load(found));
      }
      return new Checkpoint(file, ContainerKind.TORCH_ZIP, tensors, walk.notes());
    }
  }

  /** The one folder that everything lies in, with its slash; its name is any. */
  private static String root(ZipArchive archive) {
    List<String> pickles =
        archive.names().stream().filter(name -> name.matches("([^/]+/)?data\\.pkl")).toList();
    Refusal.require(!pickles.isEmpty(), "%s", withoutPickle(archive));
    Refusal.require(
        pickles.size() == 1,
        "has several pickles: %s; a checkpoint has one data.pkl, in one folder",
        String.join(", ", pickles));
    String pickle = pickles.getFirst();
    String root = pickle.substring(0, pickle.length() - PICKLE.length());
    Refusal.require(
        archive.names().stream().noneMatch(name -> isTorchScript(root, name)),
        "is a TorchScript archive, which is not supported yet; load it with torch.jit.load and"
            + " save its weights with torch.save(module.state_dict(), PATH)");
    return root;
  }

  private static boolean isTorchScript(String root, String name) {
    return name.equals(root + "constants.pkl") || name.startsWith(root + "code/");
  }

  private static String withoutPickle(ZipArchive archive) {
    return archive.names().stream().anyMatch(name -> name.endsWith(".npy"))
        ? "is an .npz file of arrays, which is not supported as a checkpoint yet; save the weights"
            + " with torch.save(model.state_dict(), PATH)"
        : "is a zip archive without data.pkl, so no PyTorch checkpoint; give a file that"
            + " torch.save(model.state_dict(), PATH) wrote";
  }

  private static void refuseWholeModel(Object object) {
    if (object instanceof OpaqueObject opaque) {
      throw new Refusal(
          "holds a whole object of class %s and not its weights; load it in PyTorch and save"
              + " torch.save(model.state_dict(), PATH)",
          opaque.className());
    }
  }

  /** PyTorch 2.1 and later write an entry for it; before, all writers were little-endian. */
  private static ByteOrder byteOrder(ZipArchive archive, String root) throws IOException {
    String entry = root + "byteorder";
    if (!archive.names().contains(entry)) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    String text = new String(archive.read(entry, MAX_BYTE_ORDER_LENGTH), StandardCharsets.US_ASCII);
    return switch (text.strip()) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new Refusal(
              "gives its byte order as '%s', neither little nor big; it is damaged", text);
    };
  }
}

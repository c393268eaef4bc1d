// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * The zip formats of PyTorch: that of {@code torch.save} since 1.6, and that of {@code
 * torch.jit.save}. Stateless.
 */
public final class TorchZip implements Container {
  private static final String PICKLE = "data.pkl";
  private static final int MAX_BYTE_ORDER_LENGTH = 16;

  @Override
  public Checkpoint read(Path file) throws IOException {
    try (ZipArchive archive = new ZipArchive(file)) {
      refuseExport(archive);
      String root = root(archive);
      Object object =
          TorchUnpickler.load(archive.read(root + PICKLE, PickleScan.MAX_BYTES), PICKLE);
      ByteOrder order = byteOrder(archive, root);
      TensorMemory memory = new TensorMemory(Files.size(file));
      if (archive.names().stream().anyMatch(name -> isTorchScript(root, name))) {
        return new TorchScript(archive, root, order, memory).read(file, object);
      }
      ZipStorages storages = new ZipStorages(archive, root + "data/", order);
      return TorchObjects.checkpoint(file, ContainerKind.TORCH_ZIP, object, storages, memory);
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
    return pickle.substring(0, pickle.length() - PICKLE.length());
  }

  private static boolean isTorchScript(String root, String name) {
    return name.equals(root + "constants.pkl") || name.startsWith(root + "code/");
  }

  /** The archives of torch.export hold a graph of operations rather than modules. */
  private static void refuseExport(ZipArchive archive) {
    Refusal.require(
        archive.names().stream()
            .noneMatch(name ->
                name.matches("([^/]+/)?(serialized_exported_program\\.json|archive_format)")),
        "is an archive of torch.export, whose graph is not supported; load it with"
            + " torch.export.load(PATH) and save torch.save(program.state_dict, NEW_PATH)");
  }

  private static String withoutPickle(ZipArchive archive) {
    if (archive.names().stream().anyMatch(name -> name.endsWith(".npy"))) {
      return "is an .npz file of arrays, which is not supported as a checkpoint yet; save the"
          + " weights with torch.save(model.state_dict(), PATH)";
    }
    if (archive.names().stream().anyMatch(name -> name.matches("([^/]+/)?model\\.json"))) {
      return "is a TorchScript archive from before PyTorch 1.4; load it with torch.jit.load and"
          + " save torch.save(module.state_dict(), PATH)";
    }
    return "is a zip archive without data.pkl, so no PyTorch checkpoint; give a file that"
        + " torch.save(model.state_dict(), PATH) wrote";
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

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * A zip archive whose entries are read whole, each against its own size and checksum. Nothing is
 * extracted to disk. Not thread-safe.
 */
final class ZipArchive implements AutoCloseable {
  private static final int PIECE = 1 << 16;

  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

  /**
   * Opens an archive.
   *
   * @throws Refusal if its directory is damaged, names an entry twice, or leads out of the archive
   */
  ZipArchive(Path file) throws IOException {
    CentralDirectory.check(file);
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException | IllegalArgumentException e) {
      throw Refusal.causedBy(
          e, "is a damaged zip archive (%s); copy or download it again", e.getMessage());
    } catch (EOFException e) {
      throw Refusal.causedBy(e, "is a truncated or damaged zip archive; copy or download it again");
    }
    try {
      Collections.list(zip.entries()).forEach(this::add);
    } catch (RuntimeException e) {
      zip.close();
      throw e instanceof Refusal
          ? e
          : Refusal.causedBy(e, "is a damaged zip archive; copy or download it again");
    }
  }

  private void add(ZipEntry entry) {
    String name = entry.getName();
    // Harmless, since nothing is extracted; but no writer of checkpoints makes such names.
    Refusal.require(
        !name.startsWith("/") && !name.contains("\\") && !("/" + name + "/").contains("/../"),
        "has an entry outside the archive, '%s'; no checkpoint has one, do not trust the file",
        name);
    Refusal.require(
        entries.put(name, entry) == null, "has two entries named '%s'; the file is damaged", name);
  }

  /** The names of all entries, in the archive's order. */
  Set<String> names() {
    return entries.keySet();
  }

  /**
   * The uncompressed size that the directory gives for an entry.
   *
   * @throws Refusal if there is no such entry
   */
  long size(String name) {
    return entry(name).getSize();
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = entries.get(name);
    Refusal.require(
        entry != null, "lacks its entry '%s'; it is incomplete, copy or download it again", name);
    return entry;
  }

  /**
   * A small entry.
   *
   * @param limit the most bytes it may have
   * @throws Refusal if there is none, it is larger, or damaged
   */
  byte[] read(String name, int limit) throws IOException {
    long size = size(name);
    Refusal.require(
        0 <= size && size <= limit,
        "has an entry '%s' of %d bytes, where at most %d make sense; save the weights alone with"
            + " torch.save(model.state_dict(), PATH)",
        name,
        size,
        limit);
    byte[] bytes = new byte[(int) size];
    read(name, MemorySegment.ofArray(bytes));
    return bytes;
  }

  /**
   * Reads an entry that fills the segment exactly.
   *
   * @throws Refusal if it is shorter, longer, damaged, or missing
   */
  void read(String name, MemorySegment target) throws IOException {
    ZipEntry entry = entry(name);
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
      fill(in, target);
      Refusal.require(
          in.read() < 0, "has more bytes in '%s' than it declares; it is damaged", name);
    } catch (ZipException | EOFException e) {
      throw Refusal.causedBy(e, "has a damaged entry '%s'; copy or download the file again", name);
    }
    Refusal.require(
        crc.getValue() == entry.getCrc(),
        "has an entry '%s' whose checksum is wrong; it is damaged, copy or download it again"
            + " (if PyTorch's set_crc32_options(False) wrote it, save it again without that)",
        name);
  }

  private static void fill(InputStream in, MemorySegment target) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, target.byteSize())];
    for (long position = 0; position < target.byteSize(); ) {
      int wanted = (int) Math.min(piece.length, target.byteSize() - position);
      int read = in.readNBytes(piece, 0, wanted);
      if (read < wanted) {
        throw new EOFException();
      }
      MemorySegment.copy(MemorySegment.ofArray(piece), 0, target, position, read);
      position += read;
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}

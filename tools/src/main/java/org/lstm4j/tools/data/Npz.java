// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.io.AtomicFile;

/**
 * Reads and writes sets of named arrays in NumPy's {@code .npz} format, a zip archive with an
 * {@link Npy .npy} file for each array.
 *
 * <p>Both {@code numpy.savez} and {@code numpy.savez_compressed} are read, each entry against its
 * checksum; entries are written uncompressed and without a date, so that equal arrays give equal
 * files. Names are names of arrays, never of files: any character may be in them.
 *
 * <p>Stateless, hence safe for use by many threads.
 */
public final class Npz {
  private static final String SUFFIX = ".npy";
  // The earliest that a zip archive can say.
  private static final LocalDateTime NO_DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  /**
   * Reads all arrays of a file.
   *
   * @return the arrays by name, in the archive's order, unmodifiable
   * @throws ModelFormatException if the file is no such archive, is damaged, holds anything but
   *     arrays, or an array that cannot be read here
   * @throws IOException if the file cannot be read
   */
  public static Map<String, NdArray> read(Path file) throws IOException {
    return read(file, new HeapBudget());
  }

  /**
   * Reads all arrays of a file, as long as they are in proportion to it.
   *
   * @param most how many bytes all of them may take
   * @see #read(Path)
   */
  public static Map<String, NdArray> read(Path file, long most) throws IOException {
    return read(file, new HeapBudget(most));
  }

  private static Map<String, NdArray> read(Path file, HeapBudget budget) throws IOException {
    InputFiles.requireReadable(file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Map<String, NdArray> arrays = new LinkedHashMap<>();
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = arrayName(entry, file);
        String label = file + ": " + Text.abbreviate(name);
        NdArray other = arrays.put(name, readEntry(zip, entry, label, budget));
        if (other != null) {
          throw new ModelFormatException(
              "%s: holds two arrays named '%s'; give each its own name"
                  .formatted(file, Text.abbreviate(name)));
        }
      }
      return Collections.unmodifiableMap(arrays);
    } catch (ZipException | EOFException e) {
      throw new ModelFormatException(
          "%s: is not a whole .npz archive; write it with numpy.savez".formatted(file), e);
    }
  }

  /**
   * Writes a file, or replaces it, as {@link AtomicFile} does.
   *
   * @param arrays the arrays by name, written in the map's order
   * @throws IllegalArgumentException if a name is longer than an archive can hold
   * @throws IOException if the file cannot be written; what was there before is left
   */
  public static void write(Path file, Map<String, NdArray> arrays) throws IOException {
    AtomicFile.write(file, out -> write(out, arrays));
  }

  private static String arrayName(ZipEntry entry, Path file) throws ModelFormatException {
    String name = entry.getName();
    if (!name.endsWith(SUFFIX)) {
      throw new ModelFormatException(
          "%s: the entry '%s' is no %s file; write the archive with numpy.savez"
              .formatted(file, Text.abbreviate(name), SUFFIX));
    }
    return name.substring(0, name.length() - SUFFIX.length());
  }

  private static NdArray readEntry(ZipFile zip, ZipEntry entry, String name, HeapBudget budget)
      throws IOException {
    // The JDK checks no checksum of an entry that it finds through the central directory.
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
      NdArray array = Npy.read(in, name, budget);
      Npy.requireEnd(in, name);
      if (crc.getValue() != entry.getCrc()) {
        throw new ModelFormatException(
            "%s: does not match its checksum; the file is damaged, fetch it again".formatted(name));
      }
      return array;
    } catch (ZipException | EOFException e) {
      throw new ModelFormatException(
          "%s: cannot be decompressed; the file is damaged, fetch it again".formatted(name), e);
    }
  }

  private static void write(OutputStream out, Map<String, NdArray> arrays) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, NdArray> named : arrays.entrySet()) {
        zip.putNextEntry(storedEntry(named.getKey(), named.getValue()));
        Npy.write(zip, named.getValue());
        zip.closeEntry();
      }
    }
  }

  /** Returns an entry without compression, whose size and checksum must be known beforehand. */
  private static ZipEntry storedEntry(String name, NdArray array) {
    CRC32 crc = new CRC32();
    long size = 0;
    for (ByteBuffer part : List.of(Npy.headerBytes(array), array.buffer())) {
      size += part.remaining();
      crc.update(part);
    }
    ZipEntry entry = new ZipEntry(name + SUFFIX);
    entry.setTimeLocal(NO_DATE);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(size);
    entry.setCrc(crc.getValue());
    return entry;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.io.AtomicFile;

/**
 * Reads and writes single arrays in NumPy's {@code .npy} format.
 *
 * <p>Versions 1.0, 2.0 and 3.0 are read, in either byte order, in C or Fortran order; version 1.0
 * is written, little-endian and in C order. Object arrays, which NumPy stores as pickles, and
 * structured types are refused. Memory is taken as the data arrives, not as the header declares.
 *
 * <p>Stateless, hence safe for use by many threads.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">The format,
 *     as NumPy describes it</a>
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  // NumPy's headers take 118 bytes; only structured types of many fields take more than a thousand.
  private static final int MAX_HEADER_BYTES = 1 << 20;
  // The data starts at a multiple of this, so that it can be mapped.
  private static final int ALIGNMENT = 64;
  private static final int FIRST_PIECE_BITS = 16;

  private Npy() {}

  /**
   * Reads a file that holds one array.
   *
   * @throws ModelFormatException if it holds anything else, or an array that cannot be read here
   * @throws IOException if it cannot be read
   */
  public static NdArray read(Path file) throws IOException {
    InputFiles.requireReadable(file);
    String name = file.toString();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      NdArray array = read(in, name);
      requireEnd(in, name);
      return array;
    }
  }

  /**
   * Reads one array and leaves the stream behind its last byte, open.
   *
   * @param nameForErrors what messages call the source
   * @throws ModelFormatException if the stream holds anything else, or an array that cannot be read
   *     here
   * @throws IOException if the stream fails
   */
  public static NdArray read(InputStream in, String nameForErrors) throws IOException {
    return read(in, nameForErrors, new HeapBudget());
  }

  static NdArray read(InputStream in, String name, HeapBudget budget) throws IOException {
    NpyHeader header = readHeader(in, name);
    int dataBytes = header.dataBytes(name);
    boolean reordered = header.fortranOrder() && header.shape().length > 1;
    budget.reserve(reordered ? 2L * dataBytes : dataBytes, name);
    byte[] data = readData(in, dataBytes, header, name);
    if (header.order() == ByteOrder.BIG_ENDIAN) {
      swapBytes(data, header.type().bytes());
    }
    if (reordered) {
      data = toOrderC(data, header.shape(), header.type().bytes());
    }
    return NdArray.ofBytes(name, header.type(), header.shape(), data);
  }

  /**
   * Checks that nothing follows the array just read.
   *
   * @throws ModelFormatException if something does: it would be dropped without a word
   */
  static void requireEnd(InputStream in, String name) throws IOException {
    if (in.read() >= 0) {
      throw new ModelFormatException(
          "%s: goes on after the array that its header declares; store one array a file"
              .formatted(name));
    }
  }

  /**
   * Writes a file, or replaces it, as {@link AtomicFile} does.
   *
   * @throws IOException if it cannot be written; what was there before is left
   */
  public static void write(Path file, NdArray array) throws IOException {
    AtomicFile.write(file, out -> write(out, array));
  }

  /**
   * Writes one array and leaves the stream open.
   *
   * @throws IOException if the stream fails
   */
  public static void write(OutputStream out, NdArray array) throws IOException {
    WritableByteChannel channel = Channels.newChannel(out);
    for (ByteBuffer part : List.of(headerBytes(array), array.buffer())) {
      // A channel of a file writes a little less than 2 GiB at a time.
      while (part.hasRemaining()) {
        channel.write(part);
      }
    }
  }

  /** Returns all that precedes the data: magic string, version, length, header and padding. */
  static ByteBuffer headerBytes(NdArray array) {
    byte[] text = NpyHeader.format(array).getBytes(StandardCharsets.US_ASCII);
    int fixed = MAGIC.length + 2 + Short.BYTES;
    int total = Math.ceilDiv(fixed + text.length + 1, ALIGNMENT) * ALIGNMENT;
    byte[] bytes = new byte[total];
    Arrays.fill(bytes, (byte) ' ');
    bytes[total - 1] = '\n';
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) (total - fixed))
        .put(text);
    return ByteBuffer.wrap(bytes);
  }

  private static NpyHeader readHeader(InputStream in, String name) throws IOException {
    requireMagic(in.readNBytes(MAGIC.length), name);
    ByteBuffer version = readExactly(in, 2, name);
    int major = version.get();
    int minor = version.get();
    if (major < 1 || major > 3 || minor != 0) {
      throw new ModelFormatException(
          "%s: has the unknown version %d.%d of the .npy format; write it with numpy.save"
              .formatted(name, Byte.toUnsignedInt((byte) major), Byte.toUnsignedInt((byte) minor)));
    }
    int length = readHeaderLength(in, major, name);
    Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    String text = charset.decode(readExactly(in, length, name)).toString();
    return NpyHeader.parse(text, name);
  }

  private static void requireMagic(byte[] start, String name) throws ModelFormatException {
    if (Arrays.equals(start, MAGIC)) {
      return;
    }
    if (start.length == 0) {
      throw new ModelFormatException("%s: is empty; write it with numpy.save".formatted(name));
    }
    boolean zip = start.length > 1 && start[0] == 'P' && start[1] == 'K';
    throw new ModelFormatException(
        zip
            ? "%s: is a zip archive, not an .npy file; name it .npz if numpy.savez wrote it"
                .formatted(name)
            : "%s: does not start as an .npy file does; write it with numpy.save".formatted(name));
  }

  private static int readHeaderLength(InputStream in, int major, String name) throws IOException {
    long length =
        major == 1
            ? Short.toUnsignedLong(readExactly(in, Short.BYTES, name).getShort())
            : Integer.toUnsignedLong(readExactly(in, Integer.BYTES, name).getInt());
    if (length > MAX_HEADER_BYTES) {
      throw new ModelFormatException(
          "%s: declares a header of %d bytes, which no array of numbers needs; the file is damaged"
              .formatted(name, length));
    }
    return (int) length;
  }

  private static ByteBuffer readExactly(InputStream in, int length, String name)
      throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new ModelFormatException(
          "%s: ends within its header; the file is truncated".formatted(name));
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads the data into an array that doubles as they arrive and ends at the declared length: a
   * header that lies takes no more memory than twice what is there.
   */
  private static byte[] readData(InputStream in, int length, NpyHeader header, String name)
      throws IOException {
    int shift = Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(length) - FIRST_PIECE_BITS);
    byte[] data = new byte[length >> shift];
    int filled = 0;
    while (true) {
      filled += in.readNBytes(data, filled, data.length - filled);
      if (filled < data.length) {
        throw new ModelFormatException(
            "%s: ends after %d of the %d bytes that the shape %s of %s takes; the file is truncated"
                .formatted(name, filled, length, NdArray.describe(header.shape()), header.type()));
      }
      if (shift == 0) {
        return data;
      }
      shift--;
      data = Arrays.copyOf(data, length >> shift);
    }
  }

  private static void swapBytes(byte[] data, int elementBytes) {
    for (int start = 0; start < data.length; start += elementBytes) {
      for (int i = start, j = start + elementBytes - 1; i < j; i++, j--) {
        byte swapped = data[i];
        data[i] = data[j];
        data[j] = swapped;
      }
    }
  }

  /** Returns the elements in C order, given in Fortran order. */
  private static byte[] toOrderC(byte[] data, long[] shape, int elementBytes) {
    byte[] ordered = new byte[data.length];
    int[] index = new int[shape.length];
    for (int from = 0; from < data.length; from += elementBytes) {
      int to = 0;
      for (int d = 0; d < index.length; d++) {
        to = to * (int) shape[d] + index[d];
      }
      System.arraycopy(data, from, ordered, to * elementBytes, elementBytes);
      for (int d = 0; d < index.length && ++index[d] == shape[d]; d++) {
        index[d] = 0;
      }
    }
    return ordered;
  }
}

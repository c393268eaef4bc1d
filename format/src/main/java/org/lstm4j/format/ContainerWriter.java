// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.format.v1.DataType;
import org.lstm4j.format.v1.TensorEntry;

/**
 * Writes a header and tensors. The tensors are fetched one at a time, once, and the header, which
 * holds their checksums, is written last: its length does not depend on them.
 */
final class ContainerWriter {
  private static final long PIECE_BYTES = 64 * 1024;

  private final FileKind kind;
  private final Function<List<TensorEntry>, MessageLite> header;

  /**
   * A writer of one file.
   *
   * @param header makes the header around a table of tensors
   */
  ContainerWriter(FileKind kind, Function<List<TensorEntry>, MessageLite> header) {
    this.kind = kind;
    this.header = header;
  }

  /**
   * Writes the file atomically.
   *
   * @throws IllegalArgumentException if the file would be larger than the format allows
   */
  void write(Path path, List<OutgoingTensor> tensors) throws IOException {
    List<TensorEntry> placed = place(tensors);
    long payloadLength =
        placed.isEmpty() ? 0 : placed.getLast().getOffset() + placed.getLast().getLength();
    int payloadOffset = prefix(placed, payloadLength).length;
    requireSize(payloadOffset + payloadLength);
    AtomicFile.writePlaced(
        path,
        channel -> {
          List<TensorEntry> written = writeTensors(tensors, placed, channel, payloadOffset);
          writeFully(ByteBuffer.wrap(prefix(written, payloadLength)), channel, 0);
        });
  }

  /** Gives the entries with their checksums. */
  private List<TensorEntry> writeTensors(
      List<OutgoingTensor> tensors,
      List<TensorEntry> placed,
      FileChannel channel,
      long payloadOffset)
      throws IOException {
    List<TensorEntry> written = new ArrayList<>(placed.size());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(PIECE_BYTES, Alignment.BYTES);
      for (TensorEntry entry : placed) {
        Tensor values = tensors.get(written.size()).values().get();
        int crc = write(values.data(), buffer, channel, payloadOffset + entry.getOffset());
        written.add(entry.toBuilder().setCrc32C(crc).build());
      }
    }
    return written;
  }

  /** Where the tensors go; their checksums are not known yet. */
  private static List<TensorEntry> place(List<OutgoingTensor> tensors) {
    List<TensorEntry> entries = new ArrayList<>(tensors.size());
    long end = 0;
    for (OutgoingTensor outgoing : tensors) {
      Parameter tensor = outgoing.description();
      long offset = Alignment.roundUp(end);
      long elements = tensor.size();
      requireSize(elements);
      end = offset + elements * Float.BYTES;
      requireSize(end);
      entries.add(
          TensorEntry.newBuilder()
              .setName(Unicode.require(tensor.name()))
              .setDataType(DataType.DATA_TYPE_FLOAT32)
              .addAllShape(tensor.shape())
              .setOffset(offset)
              .setLength(end - offset)
              .setCrc32C(0)
              .build());
    }
    return entries;
  }

  private byte[] prefix(List<TensorEntry> entries, long payloadLength) {
    byte[] bytes = serialize(header.apply(entries));
    if (bytes.length > kind.maxHeaderBytes()) {
      throw new IllegalArgumentException(
          "the header would have %d bytes, but at most %d are allowed; shorten the names in it"
              .formatted(bytes.length, kind.maxHeaderBytes()));
    }
    return FileFrame.prefix(bytes, payloadLength);
  }

  /** Equal networks give equal files: the entries of a map are sorted. */
  private static byte[] serialize(MessageLite message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new AssertionError("an array of the right size cannot fail to be written", e);
    }
    return bytes;
  }

  private static void requireSize(long bytes) {
    if (bytes > MappedFile.MAX_BYTES) {
      throw new IllegalArgumentException(
          "the file would have at least %d bytes, but protobuf allows at most %d"
              .formatted(bytes, MappedFile.MAX_BYTES));
    }
  }

  private static int write(
      MemorySegment data, MemorySegment buffer, FileChannel channel, long position)
      throws IOException {
    CRC32C crc = new CRC32C();
    for (long done = 0; done < data.byteSize(); done += PIECE_BYTES) {
      MemorySegment piece = buffer.asSlice(0, Math.min(PIECE_BYTES, data.byteSize() - done));
      MemorySegment.copy(data, done, piece, 0, piece.byteSize());
      LittleEndian.convert(piece, ByteOrder.nativeOrder());
      crc.update(piece.asByteBuffer());
      writeFully(piece.asByteBuffer(), channel, position + done);
    }
    return (int) crc.getValue();
  }

  /** The bytes between tensors are never written: a file reads as zeros there. */
  private static void writeFully(ByteBuffer bytes, FileChannel channel, long position)
      throws IOException {
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }
}

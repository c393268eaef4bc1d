// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;
import org.lstm4j.engine.WeightSource;

/** The tensors of a mapped file, verified piece by piece while they are handed on. */
final class StoredTensors implements WeightSource {
  /** Stays in the cache between copy, checksum and packing. */
  private static final long PIECE_BYTES = 64 * 1024;

  private final MappedFile file;
  private final FileFrame frame;
  private final TensorTable table;
  private final MemorySegment buffer;

  StoredTensors(MappedFile file, FileFrame frame, TensorTable table) {
    this.file = file;
    this.frame = frame;
    this.table = table;
    this.buffer = file.allocate(PIECE_BYTES);
  }

  @Override
  public List<Long> shape(String name) {
    TableEntry entry = table.get(name);
    return entry == null ? null : entry.shape();
  }

  @Override
  public void read(String name, Sink sink) {
    TableEntry entry = table.get(name);
    CRC32C crc = new CRC32C();
    for (long done = 0; done < entry.length(); done += PIECE_BYTES) {
      MemorySegment piece = buffer.asSlice(0, Math.min(PIECE_BYTES, entry.length() - done));
      file.copy(frame.payloadOffset() + entry.offset() + done, piece);
      crc.update(piece.asByteBuffer());
      LittleEndian.convert(piece, ByteOrder.nativeOrder());
      sink.accept(piece);
    }
    require(
        (int) crc.getValue() == entry.crc32c(),
        "tensor %s has the checksum %08x, but says %08x; it is damaged, get it again",
        name,
        (int) crc.getValue(),
        entry.crc32c());
    requireZerosAfter(entry);
  }

  /** Copies a tensor, in native byte order. */
  void readInto(String name, MemorySegment target) {
    long[] done = {0};
    read(
        name,
        piece -> {
          MemorySegment.copy(piece, 0, target, done[0], piece.byteSize());
          done[0] += piece.byteSize();
        });
  }

  private void requireZerosAfter(TableEntry entry) {
    long end = entry.offset() + entry.length();
    long next = Math.min(Alignment.roundUp(end), frame.payloadLength());
    byte[] gap = file.bytes(frame.payloadOffset() + end, (int) (next - end));
    Alignment.requireZero(gap, "gap after tensor " + entry.name());
  }
}

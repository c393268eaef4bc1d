// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.format.v1.TensorLayout;

/**
 * A header's table of tensors, every entry of it checked against the payload and the entries before
 * it. Nothing is allocated by what an entry says.
 */
final class TensorTable {
  private final Map<String, TableEntry> entries = new LinkedHashMap<>();

  private final long payloadLength;
  private long end;

  private TensorTable(List<WireMessage> table, long start, long payloadLength) {
    this.payloadLength = payloadLength;
    end = start;
    for (WireMessage message : table) {
      TableEntry entry = TableEntry.read(message);
      checkElements(entry);
      checkPlace(entry, end, payloadLength);
      require(
          entries.put(entry.name(), entry) == null,
          "tensor %s appears twice in its table; write it again",
          entry.name());
      end = entry.offset() + entry.length();
    }
  }

  /**
   * Reads and checks the table whose tensors lie at the beginning of the payload.
   *
   * @param layout the number of the layout of its tensors
   * @param table its entries
   * @param payloadLength the bytes of all tensors together
   */
  static TensorTable first(int layout, List<WireMessage> table, long payloadLength) {
    require(
        layout == TensorLayout.TENSOR_LAYOUT_ROW_MAJOR_LITTLE_ENDIAN_VALUE,
        "its tensor layout is unknown; update lstm4j");
    return new TensorTable(table, 0, payloadLength);
  }

  /** Reads and checks the table whose tensors follow those of this one, with names of their own. */
  TensorTable followedBy(List<WireMessage> table) {
    return new TensorTable(table, end, payloadLength);
  }

  /** The payload ends where the last tensor ends. */
  void requireEnd() {
    require(
        end == payloadLength,
        "its tensors have %d bytes, but the last of them ends at %d; write it again",
        payloadLength,
        end);
  }

  private static void checkElements(TableEntry entry) {
    require(
        bytesOf(entry.name(), entry.shape()) == entry.length(),
        "tensor %s has shape %s, but %s bytes instead of four for each element; write it again",
        entry.name(),
        entry.shape(),
        Long.toUnsignedString(entry.length()));
  }

  private static void checkPlace(TableEntry entry, long end, long payloadLength) {
    long offset = entry.offset();
    require(
        offset >= 0 && offset <= payloadLength - entry.length(),
        "tensor %s has %d bytes at offset %s, but the tensors end at %d; write it again",
        entry.name(),
        entry.length(),
        Long.toUnsignedString(offset),
        payloadLength);
    require(
        offset % Alignment.BYTES == 0,
        "tensor %s has offset %d, which is no multiple of %d; write it again",
        entry.name(),
        offset,
        Alignment.BYTES);
    require(
        offset >= end,
        "tensor %s has offset %d and overlaps the one before it, until %d; write it again",
        entry.name(),
        offset,
        end);
    require(
        offset == Alignment.roundUp(end),
        "tensor %s has offset %d, but belongs at %d; write it again",
        entry.name(),
        offset,
        Alignment.roundUp(end));
  }

  /** The bytes of float32 elements; every product stays within the limit for files. */
  private static long bytesOf(String name, List<Long> shape) {
    long bytes = Float.BYTES;
    for (long size : shape) {
      require(
          size > 0 && size <= MappedFile.MAX_BYTES / bytes,
          "tensor %s has a dimension of %s, and no file can hold that; write it again",
          name,
          Long.toUnsignedString(size));
      bytes *= size;
    }
    return bytes;
  }

  /** The entry of that name, or {@code null}. */
  TableEntry get(String name) {
    return entries.get(name);
  }

  /** All entries, in ascending order of offset. */
  Collection<TableEntry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }
}

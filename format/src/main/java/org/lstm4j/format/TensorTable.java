// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.format.v1.DataType;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.TensorLayout;

/**
 * A header's table of tensors, every entry of it checked against the payload and the entries before
 * it. Nothing is allocated by what an entry says.
 */
final class TensorTable {
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();

  /** Checks a table that was read, and the layout of its tensors. */
  TensorTable(TensorLayout layout, List<TensorEntry> table, long payloadLength) {
    require(
        layout == TensorLayout.TENSOR_LAYOUT_ROW_MAJOR_LITTLE_ENDIAN,
        "its tensor layout is unknown; update lstm4j");
    long end = 0;
    for (TensorEntry entry : table) {
      checkElements(entry);
      checkPlace(entry, end, payloadLength);
      require(
          entries.put(entry.getName(), entry) == null,
          "tensor %s appears twice in its table; write it again",
          entry.getName());
      end = entry.getOffset() + entry.getLength();
    }
    require(
        end == payloadLength,
        "its tensors have %d bytes, but the last of them ends at %d; write it again",
        payloadLength,
        end);
  }

  private static void checkElements(TensorEntry entry) {
    require(
        entry.getDataType() == DataType.DATA_TYPE_FLOAT32,
        "tensor %s has data type %d, but only 1 (float32) is known; update lstm4j",
        entry.getName(),
        entry.getDataTypeValue());
    require(entry.hasCrc32C(), "tensor %s has no checksum; write it again", entry.getName());
    require(
        bytesOf(entry.getName(), entry.getShapeList()) == entry.getLength(),
        "tensor %s has shape %s, but %s bytes instead of four for each element; write it again",
        entry.getName(),
        entry.getShapeList(),
        Long.toUnsignedString(entry.getLength()));
  }

  private static void checkPlace(TensorEntry entry, long end, long payloadLength) {
    long offset = entry.getOffset();
    require(
        offset >= 0 && offset <= payloadLength - entry.getLength(),
        "tensor %s has %d bytes at offset %s, but the tensors end at %d; write it again",
        entry.getName(),
        entry.getLength(),
        Long.toUnsignedString(offset),
        payloadLength);
    require(
        offset % Alignment.BYTES == 0,
        "tensor %s has offset %d, which is no multiple of %d; write it again",
        entry.getName(),
        offset,
        Alignment.BYTES);
    require(
        offset >= end,
        "tensor %s has offset %d and overlaps the one before it, until %d; write it again",
        entry.getName(),
        offset,
        end);
    require(
        offset == Alignment.roundUp(end),
        "tensor %s has offset %d, but belongs at %d; write it again",
        entry.getName(),
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
  TensorEntry get(String name) {
    return entries.get(name);
  }

  /** All entries, in ascending order of offset. */
  Collection<TensorEntry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }
}

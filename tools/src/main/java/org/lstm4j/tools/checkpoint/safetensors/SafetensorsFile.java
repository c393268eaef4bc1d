// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.Elements;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/** The safetensors format. Stateless. */
public final class SafetensorsFile implements Container {
  // The format's own limit.
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public Checkpoint read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return read(file, bytes);
    } catch (InternalError e) {
      // How the JVM reports that a mapped page is no longer there.
      throw Refusal.causedBy(e, "became shorter while it was read; try again");
    }
  }

  private static Checkpoint read(Path file, MemorySegment bytes) throws IOException {
    long headerLength = headerLength(bytes);
    Header header = HeaderParser.parse(text(bytes.asSlice(LENGTH.byteSize(), headerLength)));
    MemorySegment data = bytes.asSlice(LENGTH.byteSize() + headerLength);
    requireNoGaps(header.entries(), data.byteSize());
    List<StoredTensor> tensors = copy(header.entries(), data, new TensorMemory(bytes.byteSize()));
    return new Checkpoint(
        file,
        ContainerKind.SAFETENSORS,
        tensors,
        List.of(),
        header.architecture().map(text -> new ExportedArchitecture(text, tensors)),
        List.of());
  }

  private static List<StoredTensor> copy(
      List<TensorEntry> entries, MemorySegment data, TensorMemory memory) {
    List<StoredTensor> tensors = new ArrayList<>();
    for (TensorEntry entry : entries) {
      tensors.add(copy(entry, data, memory));
    }
    return tensors;
  }

  private static long headerLength(MemorySegment file) {
    long length = file.byteSize() < LENGTH.byteSize() ? -1 : file.get(LENGTH, 0);
    long most = Math.min(MAX_HEADER_BYTES, file.byteSize() - LENGTH.byteSize());
    Refusal.require(
        0 < length && length <= most,
        "claims a header of %s bytes, where at most %d are possible; it is truncated or damaged,"
            + " copy or download it again",
        Long.toUnsignedString(length),
        most);
    return length;
  }

  /** UTF-8 and nothing else; a JSON parser left alone would guess UTF-16 from zeros. */
  private static Reader text(MemorySegment header) {
    return new InputStreamReader(
        new ByteArrayInputStream(header.toArray(ValueLayout.JAVA_BYTE)),
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  /** Tensors lie one after the other, from the first byte of the data to the last. */
  private static void requireNoGaps(List<TensorEntry> entries, long dataBytes) {
    for (TensorEntry entry : entries) {
      Refusal.require(
          entry.end() <= dataBytes,
          "has %s end after %d bytes of data, where the file has %d; it is truncated or damaged,"
              + " copy or download it again",
          entry.name(),
          entry.end(),
          dataBytes);
    }
    List<TensorEntry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    long end = 0;
    for (TensorEntry entry : sorted) {
      Refusal.require(
          entry.begin() == end,
          "has %s begin after %d bytes of data, where the tensors before it end after %d: they"
              + " overlap or leave a hole; the file is damaged",
          entry.name(),
          entry.begin(),
          end);
      end = entry.end();
    }
    Refusal.require(
        end == dataBytes,
        "has %d bytes of data that belong to tensors, but %d in all; it is damaged, copy or"
            + " download it again",
        end,
        dataBytes);
  }

  private static StoredTensor copy(TensorEntry entry, MemorySegment data, TensorMemory memory) {
    MemorySegment source = data.asSlice(entry.begin(), entry.end() - entry.begin());
    MemorySegment copy = memory.allocate(source.byteSize(), entry.name());
    Elements.toNativeOrder(source, ByteOrder.LITTLE_ENDIAN, entry.dtype(), copy);
    return new StoredTensor("", entry.name(), entry.dtype(), entry.shapeArray(), copy);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lstm4j.format.ModelFormatException;

/**
 * What every reader owes to a file that is not trusted. That nothing in the file is run is watched
 * by Jazzer's own detectors.
 *
 * @param reading the reader
 * @param baseBytes the memory that it may take for a file of any size
 */
record ReaderContract(Reading reading, long baseBytes) {
  private static final long MAX_CPU_NANOS = 2_000_000_000L;
  // Tensors of any file may take 16 MiB, before they are widened and packed.
  private static final long USUAL_BASE = 48L << 20;
  // What PickleScan lets through fits in 256 MiB, and a few kilobytes may hold it when compressed;
  // the rest is garbage, of which an instrumented reader makes a little more.
  private static final long PICKLE_BASE = 320L << 20;
  // All that is ever allocated counts, garbage too, and a compressed byte may stand for a thousand.
  private static final long BYTES_PER_BYTE = 2048;
  private static final int MAX_SENTENCE = 2000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final BufferPoolMXBean OFF_HEAP =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElseThrow();

  /** Reads a file, and forgets or closes what was read. */
  @FunctionalInterface
  interface Reading {
    void read(Path file) throws IOException;
  }

  static ReaderContract of(Reading reading) {
    return new ReaderContract(reading, USUAL_BASE);
  }

  static ReaderContract ofZippedPickles(Reading reading) {
    return new ReaderContract(reading, PICKLE_BASE);
  }

  /**
   * Has the reader read bytes.
   *
   * @param file where to write them
   * @throws AssertionError if reading breaks the contract; any other exception or error does too
   */
  void check(byte[] bytes, Path file) throws IOException {
    Files.write(file, bytes);
    Cost most = new Cost(MAX_CPU_NANOS, baseBytes + BYTES_PER_BYTE * bytes.length, 0);
    if (cost(file).exceeds(most)) {
      // Classes that were loaded, and instrumented, for this file are there the second time.
      Cost cost = cost(file);
      require(!cost.exceeds(most), "took %s for a file of %d bytes", cost, bytes.length);
    }
  }

  private record Cost(long nanos, long heap, long offHeap) {
    boolean exceeds(Cost most) {
      return nanos > most.nanos || heap + offHeap > most.heap + most.offHeap;
    }

    @Override
    public String toString() {
      return "%d ms, %d bytes of the heap and %d outside"
          .formatted(nanos / 1_000_000, heap, offHeap);
    }
  }

  private Cost cost(Path file) throws IOException {
    long offHeap = OFF_HEAP.getMemoryUsed();
    long heap = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      reading.read(file);
    } catch (ModelFormatException e) {
      requireSentence(e.getMessage(), file);
    }
    return new Cost(
        THREADS.getCurrentThreadCpuTime() - nanos,
        THREADS.getCurrentThreadAllocatedBytes() - heap,
        OFF_HEAP.getMemoryUsed() - offHeap);
  }

  private static void requireSentence(String message, Path file) {
    require(message.startsWith(file.toString()), "does not name the file: %s", message);
    require(message.codePoints().noneMatch(Character::isISOControl), "no line: %s", message);
    require(message.length() <= MAX_SENTENCE, "has %d characters", message.length());
  }

  private static void require(boolean rule, String otherwise, Object... values) {
    if (!rule) {
      throw new AssertionError(otherwise.formatted(values));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Off-heap memory for the tensors of one file, and the bound on it: a file may claim tensors far
 * larger than itself, by views that repeat elements or by compression. Not thread-safe.
 */
public final class TensorMemory {
  // Honest files need once their size, and twice where a tensor is not contiguous. The rest is room
  // for tensors that share a storage and for storages compressed by another tool.
  private static final long PER_FILE_BYTE = 8;
  // So that a tiny file may hold a few large constant tensors.
  private static final long BASE = 16L << 20;
  private static final long ALIGNMENT = 64;

  private final Arena arena = Arena.ofAuto();
  private long left;

  /**
   * The budget of a file.
   *
   * @param fileSize in bytes
   */
  public TensorMemory(long fileSize) {
    left = most(fileSize);
  }

  /**
   * What the tensors of a file may take together.
   *
   * @param fileSize in bytes
   */
  public static long most(long fileSize) {
    return BASE + Math.multiplyExact(PER_FILE_BYTE, fileSize);
  }

  /**
   * Zeroed memory that lives for as long as it is reachable.
   *
   * @param bytes how many
   * @param what what needs it, to begin a sentence with
   * @throws Refusal if the file may not have so much, or the machine has not
   */
  public MemorySegment allocate(long bytes, String what) {
    Refusal.require(
        bytes <= left,
        "%s takes %d bytes, out of all proportion to the size of the file; save it again"
            + " without views that repeat elements and without compression",
        what,
        bytes);
    left -= bytes;
    try {
      return arena.allocate(Math.max(1, bytes), ALIGNMENT).asSlice(0, bytes);
    } catch (OutOfMemoryError e) {
      // Off-heap: the JVM has lost nothing, it only could not reserve this much.
      throw Refusal.causedBy(
          e,
          "%s needs %d MiB of memory outside the heap; raise -XX:MaxDirectMemorySize",
          what,
          Math.ceilDiv(bytes, 1 << 20));
    }
  }
}

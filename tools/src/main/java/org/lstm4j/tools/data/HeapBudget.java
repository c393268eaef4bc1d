// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import org.lstm4j.format.ModelFormatException;

/**
 * What one file may take of the heap. A file is refused with a sentence before it fills the heap,
 * since a compressed one can hold a thousand times its own size. Not thread-safe.
 */
final class HeapBudget {
  // The other half is for the copies that reading and using an array makes.
  private static final long LIMIT = Runtime.getRuntime().maxMemory() / 2;
  private static final int MIB = 1 << 20;

  private final long proportionate;
  private long reserved;

  /** A budget of as much as the heap has. */
  HeapBudget() {
    this(Long.MAX_VALUE);
  }

  /**
   * A budget of as much as the heap has, but no more than is in proportion to a file.
   *
   * @param proportionate in bytes
   */
  HeapBudget(long proportionate) {
    this.proportionate = proportionate;
  }

  /**
   * Takes bytes out of the budget.
   *
   * @param name what messages call the data
   * @throws ModelFormatException if the budget does not have them
   */
  void reserve(long bytes, String name) throws ModelFormatException {
    if (bytes > proportionate - reserved) {
      throw new ModelFormatException(
          "%s: takes %d bytes, out of all proportion to the file's size; save it uncompressed"
              .formatted(name, bytes));
    }
    if (bytes > LIMIT - reserved) {
      throw new ModelFormatException(
          "%s: needs %d MiB where %d MiB of the heap are left for it; raise -Xmx or split the data"
              .formatted(name, Math.ceilDiv(bytes, MIB), (LIMIT - reserved) / MIB));
    }
    reserved += bytes;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** Allocates from another allocator, and counts. */
public final class CountingAllocator implements SegmentAllocator {
  private final SegmentAllocator allocator;
  private long bytes;

  /** Counts from zero. */
  CountingAllocator(SegmentAllocator allocator) {
    this.allocator = allocator;
  }

  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    bytes += byteSize;
    return allocator.allocate(byteSize, byteAlignment);
  }

  /** {@return bytes allocated so far} */
  public long bytes() {
    return bytes;
  }
}

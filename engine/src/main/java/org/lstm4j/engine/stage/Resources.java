// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** What the stages of one session share: memory, scratch memory and threads. */
public final class Resources {
  private final SegmentAllocator allocator;
  private final Team team;
  private MemorySegment[] scratch = new MemorySegment[1];

  /**
   * Collects them.
   *
   * @param allocator the session's memory
   * @param team the session's threads
   */
  public Resources(SegmentAllocator allocator, Team team) {
    this.allocator = allocator;
    this.team = team;
  }

  /** {@return the session's memory} */
  public SegmentAllocator allocator() {
    return allocator;
  }

  Team team() {
    return team;
  }

  /** For each thread, at least so many bytes of scratch memory. */
  MemorySegment[] scratch(long bytes) {
    if (scratch[0] == null || scratch[0].byteSize() < bytes) {
      scratch = new MemorySegment[team.threads()];
      for (int i = 0; i < scratch.length; i++) {
        scratch[i] = allocator.allocate(bytes, 64);
      }
    }
    return scratch;
  }
}

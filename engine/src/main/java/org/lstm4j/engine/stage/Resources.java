// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.lstm4j.engine.kernel.SessionKernels;

/** What the stages of one session share: memory, scratch memory, kernels and threads. */
public final class Resources {
  private final CountingAllocator kept;
  private final CountingAllocator temporary;
  private final CountingAllocator weights;
  private final SessionKernels kernels;
  private final Team team;
  private final boolean keepsSteps;
  private final boolean recomputes;
  private final Dropouts dropouts;
  private final Lengths lengths = new Lengths();
  private MemorySegment[] scratch = new MemorySegment[1];

  /**
   * Collects them.
   *
   * @param allocator the session's memory
   * @param kernels chooses the session's kernels
   * @param team the session's threads
   * @param keepsSteps whether stages keep, of each time step of a chunk, what the way back needs
   */
  public Resources(
      SegmentAllocator allocator, SessionKernels kernels, Team team, boolean keepsSteps) {
    this(allocator, kernels, team, keepsSteps, false, null);
  }

  /**
   * Collects them for a network that learns.
   *
   * @param allocator the session's memory
   * @param kernels chooses the session's kernels
   * @param team the session's threads
   * @param recomputes whether stages rather compute something again than keep it
   * @param dropouts what is dropped between layers, or {@code null} for nothing
   */
  public Resources(
      SegmentAllocator allocator,
      SessionKernels kernels,
      Team team,
      boolean recomputes,
      Dropouts dropouts) {
    this(allocator, kernels, team, true, recomputes, dropouts);
  }

  private Resources(
      SegmentAllocator allocator,
      SessionKernels kernels,
      Team team,
      boolean keepsSteps,
      boolean recomputes,
      Dropouts dropouts) {
    this.kept = new CountingAllocator(allocator);
    this.temporary = new CountingAllocator(allocator);
    this.weights = new CountingAllocator(allocator);
    this.kernels = kernels;
    this.team = team;
    this.keepsSteps = keepsSteps;
    this.recomputes = recomputes;
    this.dropouts = dropouts;
  }

  /** {@return memory for states, and for what is kept of a chunk until the way back is done} */
  public CountingAllocator kept() {
    return kept;
  }

  /** {@return memory for what is needed only while something is computed} */
  public CountingAllocator temporary() {
    return temporary;
  }

  /** {@return memory for weights and what belongs to each of them} */
  public CountingAllocator weights() {
    return weights;
  }

  /** {@return what chooses the session's kernels} */
  public SessionKernels kernels() {
    return kernels;
  }

  /** {@return how long the sequences of the current chunk are} */
  public Lengths lengths() {
    return lengths;
  }

  /** {@return whether stages keep, of each time step of a chunk, what the way back needs} */
  public boolean keepsSteps() {
    return keepsSteps;
  }

  /** {@return whether stages rather compute something again on the way back than keep it} */
  public boolean recomputes() {
    return recomputes;
  }

  /** {@return what is dropped between layers, or {@code null} for nothing} */
  public Dropouts dropouts() {
    return dropouts;
  }

  /** {@return threads that may take part} */
  public int threads() {
    return team.threads();
  }

  /** Computes a task by all threads. */
  public void run(Team.Task task) {
    team.run(task);
  }

  /** For each thread, at least so many bytes of scratch memory. */
  public MemorySegment[] scratch(long bytes) {
    if (scratch[0] == null || scratch[0].byteSize() < bytes) {
      scratch = new MemorySegment[team.threads()];
      for (int i = 0; i < scratch.length; i++) {
        scratch[i] = temporary.allocate(bytes, 64);
      }
    }
    return scratch;
  }
}

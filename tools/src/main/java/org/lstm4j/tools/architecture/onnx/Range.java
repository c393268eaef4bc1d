// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

/**
 * A part of an axis as the operator Slice gives it: negative bounds count from the end, and those
 * beyond it stand for the end.
 */
record Range(Dim start, Dim end, long step) {
  /** What exporters write for an end that they do not know. */
  private static final long FAR = Integer.MAX_VALUE;

  /**
   * Places on an axis.
   *
   * @param from the first
   * @param step from one to the next
   * @param count how many
   */
  record Places(long from, long step, long count) {}

  /** The places on an axis of known size. */
  Places in(long size, Call call) {
    call.require(start.known() && end.known(), "bounds that depend on the length of the sequence");
    call.require(step != 0, "a step of 0; the graph is damaged");
    long low = step > 0 ? 0 : -1;
    long high = step > 0 ? size : size - 1;
    long first = Math.clamp(counted(start.value(), size), step > 0 ? 0 : low, high);
    long last = Math.clamp(counted(end.value(), size), low, high);
    long distance = step > 0 ? last - first : first - last;
    long stride = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
    return new Places(first, step, distance <= 0 ? 0 : Math.ceilDiv(distance, stride));
  }

  private static long counted(long bound, long size) {
    return bound < 0 ? bound + size : bound;
  }

  /** Whether it is all of an axis. */
  boolean isAll(Axis axis) {
    return step == 1 && isFirst(axis) && endsAtEnd(axis);
  }

  /** Whether it is the last place of an axis. */
  boolean isLastOf(Axis axis) {
    return step == 1 && isLast(start, axis) && endsAtEnd(axis);
  }

  /** Whether it is the first place of an axis. */
  boolean isFirstOf(Axis axis) {
    return step == 1 && isFirst(axis) && end.is(1);
  }

  private boolean isFirst(Axis axis) {
    return start.is(0) || (axis.size() > 0 && start.known() && start.value() <= -axis.size());
  }

  private boolean endsAtEnd(Axis axis) {
    return end.known()
        ? end.value() >= FAR || (axis.size() >= 0 && end.value() >= axis.size())
        : end.isSize() && Axis.solid(end.atoms()).equals(axis.solid());
  }

  /** Whether a number is the index of the last place of an axis. */
  static boolean isLast(Dim index, Axis axis) {
    return index.known()
        ? index.value() == -1 || (axis.size() >= 0 && index.value() == axis.size() - 1)
        : index.value() == -1 && Axis.solid(index.atoms()).equals(axis.solid());
  }
}

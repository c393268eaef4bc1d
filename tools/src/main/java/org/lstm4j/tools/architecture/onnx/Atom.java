// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import org.lstm4j.tools.checkpoint.onnx.OnnxInput;

/**
 * An axis of data that came into being as one, such as time, and stays itself however axes are
 * moved and merged. Two are the same only if they are one object.
 */
final class Atom {
  private final long size;

  /**
   * An axis.
   *
   * @param size of the axis, {@link OnnxInput#UNKNOWN} if it varies
   */
  Atom(long size) {
    this.size = size;
  }

  /** The size, {@link OnnxInput#UNKNOWN} if it varies. */
  long size() {
    return size;
  }

  /** Whether the size is known to be 1: then it may be anywhere, or left out. */
  boolean isUnit() {
    return size == 1;
  }

  boolean isKnown() {
    return size != OnnxInput.UNKNOWN;
  }
}

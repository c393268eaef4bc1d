// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import java.lang.foreign.MemorySegment;

/** Loops that are bound by one resource of the core each. Their results mean nothing. */
interface Loops {
  /** Chains of {@link #multiplyAdd}: as many as 16 registers can hold. */
  int CHAINS = 12;

  /** Chains of {@link #multiplyAddManyChains}. */
  int MANY_CHAINS = 16;

  /** A buffer that {@link #read} reads is a multiple of this many bytes. */
  int BLOCK = 512;

  /** The fastest loops of this JVM. */
  static Loops ofThisJvm() {
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return vectors ? new VectorLoops() : new ScalarLoops();
  }

  /** Floats that one instruction works on. */
  int lanes();

  /**
   * Multiplies and adds in independent chains.
   *
   * @param times per chain
   * @param factor below 1, so that a chain stays finite
   * @param addend where a chain begins
   */
  float multiplyAdd(int times, float factor, float addend);

  /** As {@link #multiplyAdd}, for processors whose latency only more chains hide. */
  float multiplyAddManyChains(int times, float factor, float addend);

  /** Reads a whole buffer of zeros, over and over. */
  float read(MemorySegment data, int times);
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Layer normalisation of a row. {@link VectorLayerNorm} and {@link ScalarLayerNorm} are twins:
 * equal to the bit.
 *
 * <p>Both sums run in {@value #PARTIAL_SUMS} fixed partial sums (element i goes to sum i mod 16;
 * then the sums are added in turn), so that they do not depend on lanes.
 */
public interface LayerNorm {
  /** Partial sums of a sum over a row. */
  int PARTIAL_SUMS = 16;

  /**
   * What a kernel is made for.
   *
   * @param lanes floats per vector
   */
  record Shape(int lanes) {}

  /**
   * Computes {@code out[i] = (in[i] - mean) / sqrt(variance + eps) * weight[i] + bias[i]} for n
   * features, and for those behind them up to a whole vector. The variance is the mean square of
   * {@code in[i] - mean}. Offsets are in bytes. All rows have room for 16 floats at least and for
   * whole vectors; {@code out} must be another row than {@code in}.
   */
  void apply(
      MemorySegment in,
      long inOffset,
      MemorySegment out,
      long outOffset,
      MemorySegment weight,
      MemorySegment bias,
      float eps,
      int n);
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.SegmentAllocator;

/**
 * What a step of a recurrent layer leaves beside h, of some rows. The directions of a stack may
 * share it, where the way back has it computed again for a {@link Segment} at a time.
 *
 * @param gates with what a cell needs behind them
 * @param cellStates before the first step, and after each; {@code null} where there are none
 * @param unprojected h before its projection; {@code null} where there is none
 */
record SegmentRows(Rows gates, Rows cellStates, Rows unprojected) {
  static SegmentRows allocate(
      RecurrentWeights weights, SegmentAllocator allocator, int maxSteps, int maxBatch) {
    Cell cell = weights.cell();
    long rows = Segment.maxRows(maxSteps, maxBatch);
    return new SegmentRows(
        Rows.allocate(allocator, rows, weights.gateFloats()),
        cell.hasCellState() ? Rows.allocate(allocator, rows + maxBatch, cell.units()) : null,
        weights.projection() == null ? null : Rows.allocate(allocator, rows, cell.units()));
  }
}

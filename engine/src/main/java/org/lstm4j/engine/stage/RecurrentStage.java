// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * A stack of recurrent layers in one or both directions, and its state.
 *
 * <p>States are read and written in PyTorch's layout, [layers * directions, batch, features], so
 * that they do not depend on the lanes of this machine.
 */
public final class RecurrentStage implements Stage {
  /** In the order in which data flows: the directions of the first layer, of the second, ... */
  private final List<RecurrentDirection> stack;

  private final int directions;

  /** The output of each layer; the last one is the stage's. */
  private final Rows[] outputs;

  /** What is dropped between layers, and what is left for the next one; {@code null} for all. */
  private final Dropout[] dropouts;

  private final Rows[] dropped;

  /**
   * Lays the stage out.
   *
   * @param weights for each layer, for each direction
   * @param directions 1 or 2
   */
  public RecurrentStage(
      Rows input,
      List<RecurrentWeights> weights,
      int directions,
      Resources resources,
      int maxSteps,
      int maxBatch) {
    this.directions = directions;
    this.outputs = new Rows[weights.size() / directions];
    this.dropouts = new Dropout[outputs.length];
    this.dropped = new Rows[outputs.length];
    long maxRows = (long) maxSteps * maxBatch;
    int features = weights.getFirst().hiddenOutputSize();
    boolean recomputes = recomputes(weights.getFirst(), resources);
    SegmentRows recomputed =
        recomputes
            ? SegmentRows.allocate(weights.getFirst(), resources.temporary(), maxSteps, maxBatch)
            : null;
    boolean keepsFromInput =
        resources.keepsSteps() && !recomputes && weights.getFirst().cell().keepsFromInput();
    Rows shared = keepsFromInput ? null : ahead(weights, resources, maxSteps, maxBatch);
    this.stack = new ArrayList<>();
    Rows from = input;
    for (int layer = 0; layer < outputs.length; layer++) {
      outputs[layer] = Rows.allocate(resources.kept(), maxRows, features * directions);
      for (int direction = 0; direction < directions; direction++) {
        stack.add(
            new RecurrentDirection(
                weights.get(layer * directions + direction),
                direction == 1,
                from,
                shared == null ? fromInput(weights, resources.kept(), maxRows) : shared,
                outputs[layer],
                (long) direction * features * Float.BYTES,
                recomputed,
                resources,
                maxSteps,
                maxBatch));
      }
      from = outputs[layer];
      if (resources.dropouts() != null && layer < outputs.length - 1) {
        dropouts[layer] = resources.dropouts().next(from.features(), maxRows, resources);
        dropped[layer] = Rows.allocate(resources.kept(), maxRows, from.features());
        from = dropped[layer];
      }
    }
  }

  /** Whether the way back computes gates again. */
  private static boolean recomputes(RecurrentWeights weights, Resources resources) {
    return resources.keepsSteps()
        && (resources.recomputes() || weights.cell().goesBackWithoutGates());
  }

  private static Rows fromInput(
      List<RecurrentWeights> weights, SegmentAllocator allocator, long rows) {
    return Rows.allocate(allocator, rows, weights.getFirst().recurrent().layout().rowFloats());
  }

  /** Scratch that all directions share, for as many rows as are computed ahead. */
  private static Rows ahead(
      List<RecurrentWeights> weights, Resources resources, int maxSteps, int maxBatch) {
    long rows = 0;
    for (RecurrentWeights direction : weights) {
      rows = Math.max(rows, RecurrentDirection.maxRowsAhead(direction.input().layout(), maxBatch));
    }
    if (resources.keepsSteps()) {
      rows = Math.max(rows, Segment.maxRows(maxSteps, maxBatch));
    }
    return fromInput(weights, resources.temporary(), Math.min((long) maxSteps * maxBatch, rows));
  }

  @Override
  public Rows output() {
    return outputs[outputs.length - 1];
  }

  @Override
  public int forward(int steps, int batch) {
    // Forward before backward: whole vectors are written, and the padding behind the forward
    // features is where the backward ones go.
    for (int i = 0; i < stack.size(); i++) {
      stack.get(i).forward(steps, batch);
      int layer = i / directions;
      if (dropouts[layer] != null && i % directions == directions - 1) {
        dropouts[layer].apply(outputs[layer], dropped[layer]);
      }
    }
    return steps;
  }

  /** Turns the gradient of what a layer gave to the next one into that of its output, in place. */
  public void backThroughDropout(int layer, Rows gradient) {
    if (dropouts[layer] != null) {
      dropouts[layer].apply(gradient, gradient);
    }
  }

  /** {@return what was kept of a chunk: for each layer, for each direction} */
  public List<StepTape> tapes() {
    return stack.stream().map(RecurrentDirection::tape).toList();
  }

  /**
   * Copies the state of the first {@code batch} rows out, in PyTorch's layout.
   *
   * @param c {@code null} where there is no cell state
   */
  public void readState(float[] h, float[] c, int batch) {
    for (int i = 0; i < stack.size(); i++) {
      RecurrentDirection direction = stack.get(i);
      for (int b = 0; b < batch; b++) {
        read(direction.hiddenState(), b, h, i * batch + b);
        if (direction.cellState() != null) {
          read(direction.cellState(), b, c, i * batch + b);
        }
      }
    }
  }

  /**
   * Replaces the state of the first {@code batch} rows, given in PyTorch's layout.
   *
   * @param c {@code null} where there is no cell state
   */
  public void writeState(float[] h, float[] c, int batch) {
    for (int i = 0; i < stack.size(); i++) {
      RecurrentDirection direction = stack.get(i);
      for (int b = 0; b < batch; b++) {
        write(h, i * batch + b, direction.hiddenState(), b);
        if (direction.cellState() != null) {
          write(c, i * batch + b, direction.cellState(), b);
        }
      }
    }
  }

  /** Replaces the state of one batch row by one given in PyTorch's layout for a single row. */
  public void writeRow(float[] h, float[] c, int batchRow) {
    for (int i = 0; i < stack.size(); i++) {
      RecurrentDirection direction = stack.get(i);
      write(h, i, direction.hiddenState(), batchRow);
      if (direction.cellState() != null) {
        write(c, i, direction.cellState(), batchRow);
      }
    }
  }

  /** Sets the state of one batch row to zero. */
  public void reset(int batchRow) {
    for (RecurrentDirection direction : stack) {
      direction.hiddenState().clear(batchRow);
      if (direction.cellState() != null) {
        direction.cellState().clear(batchRow);
      }
    }
  }

  private static void read(Rows state, int row, float[] values, int block) {
    int n = state.features();
    MemorySegment.copy(state.data(), JAVA_FLOAT, state.offset(row), values, block * n, n);
  }

  /**
   * Clears what lies behind, where a cell may have left NaN, which the way back multiplies by 0.
   */
  private static void write(float[] values, int block, Rows state, int row) {
    int n = state.features();
    state.clear(row);
    MemorySegment.copy(values, block * n, state.data(), JAVA_FLOAT, state.offset(row), n);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The way back through an embedding: the gradient of each row is added to that of its token's row
 * of the table, in the order of the rows. The sums are in {@link ParameterMemory} from the start,
 * because a table is large and a window touches little of it.
 */
public final class EmbeddingGradient extends RowGradient {
  private final MemorySegment tokens;
  private final MemorySegment ofTable;

  /**
   * Lays it out.
   *
   * @param tokens one int a row
   * @param ofTable takes the gradient of the table
   */
  public EmbeddingGradient(
      MemorySegment tokens, MemorySegment ofTable, Rows outputGradient, Resources resources) {
    super(outputGradient, null, resources);
    this.tokens = tokens;
    this.ofTable = ofTable;
  }

  @Override
  void back(long row) {
    int features = outputGradient.features();
    long first = (long) tokens.getAtIndex(JAVA_INT, row) * features;
    for (int i = 0; i < features; i++) {
      float sum = ofTable.getAtIndex(JAVA_FLOAT, first + i) + outputGradient.get(row, i);
      ofTable.setAtIndex(JAVA_FLOAT, first + i, sum);
    }
  }

  @Override
  public void clear() {
    ofTable.fill((byte) 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import org.lstm4j.engine.kernel.PackedMatrix;

/** W x + b at every time step. */
public final class LinearStage implements Stage {
  private final Rows input;
  private final Rows output;
  private final Product product;

  /** Lays the stage out for at most {@code maxRows} rows. */
  public LinearStage(Rows input, PackedMatrix matrix, Resources resources, long maxRows) {
    this.input = input;
    this.output = Rows.allocate(resources.kept(), maxRows, matrix.layout().units());
    this.product = new Product(matrix, resources, maxRows);
  }

  @Override
  public Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    product.apply(input, 0, output, steps * batch);
    return steps;
  }
}

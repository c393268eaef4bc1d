// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import org.lstm4j.engine.kernel.Arithmetic;

/** Stages around which their input is led, and added to what they give. */
public final class ResidualStage implements Stage {
  private final Rows input;
  private final Stage[] inner;
  private final Rows output;
  private final Arithmetic add;

  /**
   * Lays the stage out.
   *
   * @param inner the stages, of which the first reads {@code input} and none reads over time; at
   *     least one
   */
  public ResidualStage(Rows input, Stage[] inner, Resources resources, long maxRows) {
    this.input = input;
    this.inner = inner;
    this.output = Rows.allocate(resources.kept(), maxRows, input.features());
    this.add = resources.kernels().arithmetic(Arithmetic.Operation.ADD, 0);
  }

  /** {@return the stages around which the input is led} */
  public Stage[] inner() {
    return inner.clone();
  }

  @Override
  public Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    for (Stage stage : inner) {
      stage.forward(steps, batch);
    }
    for (int row = 0; row < steps * batch; row++) {
      add(row);
    }
    return steps;
  }

  private void add(int row) {
    Rows result = inner[inner.length - 1].output();
    add.apply(
        input.data(),
        input.offset(row),
        result.data(),
        result.offset(row),
        input.data(),
        input.offset(row),
        output.data(),
        output.offset(row),
        output.features());
  }
}

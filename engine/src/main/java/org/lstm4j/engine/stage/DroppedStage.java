// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/** A stage of a network that learns, with dropout on what it gives to the next one. */
public final class DroppedStage implements Stage {
  private final Stage stage;
  private final Dropout dropout;
  private final Rows output;

  /**
   * Lays it out.
   *
   * @param resources of a network that learns with dropout
   */
  public DroppedStage(Stage stage, Resources resources, long maxRows) {
    this.stage = stage;
    int features = stage.output().features();
    this.dropout = resources.dropouts().next(features, maxRows, resources);
    this.output = Rows.allocate(resources.kept(), maxRows, features);
  }

  /** {@return the stage itself} */
  public Stage stage() {
    return stage;
  }

  /** Turns the gradient of what is left into that of the stage's output, in place. */
  public void back(Rows gradient) {
    dropout.apply(gradient, gradient);
  }

  @Override
  public Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    int given = stage.forward(steps, batch);
    dropout.apply(stage.output(), output);
    return given;
  }
}

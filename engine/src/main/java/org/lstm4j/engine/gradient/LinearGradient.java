// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import java.util.List;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.stage.Product;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Team;

/** The way back through W x + b: dx = W^T dy, dW = dy x^T, db = dy. */
public final class LinearGradient implements GradientStage, Team.Task {
  private final String weight;
  private final ParameterMemory parameters;
  private final Resources resources;
  private final Rows input;
  private final Rows outputGradient;
  private final Rows inputGradient;
  private final MatrixGradient gradient;

  /** {@code null} where nobody asks for the gradient of the input. */
  private final TransposedMatrix transposed;

  private final Product back;
  private int rows;

  /**
   * Lays it out.
   *
   * @param layout of the matrix
   * @param weight the name of the matrix
   * @param bias the name of the bias, or {@code null} for none
   * @param inputGradient receives the gradient of the input; {@code null} if nobody asks for it
   */
  public LinearGradient(
      PackedGates layout,
      String weight,
      String bias,
      ParameterMemory parameters,
      Rows input,
      Rows outputGradient,
      Rows inputGradient,
      Resources resources,
      long maxRows) {
    this.weight = weight;
    this.parameters = parameters;
    this.resources = resources;
    this.input = input;
    this.outputGradient = outputGradient;
    this.inputGradient = inputGradient;
    this.gradient =
        new MatrixGradient(
            layout,
            parameters.gradients(weight),
            bias == null ? List.of() : List.of(parameters.gradients(bias)),
            resources);
    this.transposed = inputGradient == null ? null : new TransposedMatrix(layout, resources);
    this.back = inputGradient == null ? null : new Product(transposed.matrix(), resources, maxRows);
  }

  @Override
  public void backward(int steps, int batch) {
    rows = steps * batch;
    resources.run(this);
    if (back != null) {
      back.apply(outputGradient, 0, inputGradient, rows);
    }
  }

  @Override
  public void part(int index, int count) {
    gradient.add(
        outputGradient,
        0,
        input.data(),
        0,
        input.stride(),
        rows,
        Product.share(gradient.groups(), index, count),
        Product.share(gradient.groups(), index + 1, count),
        index);
  }

  @Override
  public void refresh() {
    if (transposed != null) {
      transposed.refresh(parameters.values(weight));
    }
  }

  @Override
  public void collect() {
    gradient.collect();
  }

  @Override
  public void clear() {
    gradient.clear();
  }
}

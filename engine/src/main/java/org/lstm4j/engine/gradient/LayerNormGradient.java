// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The way back through layer normalisation (Ba, Kiros and Hinton 2016). With n = (x - mean) s, s =
 * 1 / sqrt(variance + eps), and g = dy weight:
 *
 * <pre>
 *   dx = s (g - mean(g) - n mean(g n))     dweight = sum of dy n     dbias = sum of dy
 * </pre>
 *
 * All sums, and n, are in double precision.
 */
public final class LayerNormGradient extends RowGradient {
  private final Rows input;
  private final MemorySegment weight;
  private final float eps;
  private final double[] normal;
  private final double[] weightSums;
  private final double[] biasSums;

  /** Where the gradients go; {@code null} where there is no such parameter. */
  private final MemorySegment ofWeight;

  private final MemorySegment ofBias;

  /**
   * Lays it out.
   *
   * @param weight what the stage multiplies by, or {@code null} for ones
   * @param ofWeight receives the gradient of the weight; {@code null} where there is none
   * @param ofBias receives the gradient of the bias; {@code null} where there is none
   */
  public LayerNormGradient(
      Rows input,
      MemorySegment weight,
      float eps,
      MemorySegment ofWeight,
      MemorySegment ofBias,
      Rows outputGradient,
      Rows inputGradient,
      Resources resources) {
    super(outputGradient, inputGradient, resources);
    this.input = input;
    this.weight = weight;
    this.eps = eps;
    this.ofWeight = ofWeight;
    this.ofBias = ofBias;
    this.normal = new double[input.features()];
    this.weightSums = new double[input.features()];
    this.biasSums = new double[input.features()];
  }

  @Override
  void back(long row) {
    double scale = normalize(row);
    int n = normal.length;
    double sum = 0;
    double product = 0;
    for (int i = 0; i < n; i++) {
      double dy = outputGradient.get(row, i);
      weightSums[i] += dy * normal[i];
      biasSums[i] += dy;
      sum += dy * weight(i);
      product += dy * weight(i) * normal[i];
    }
    if (inputGradient != null) {
      for (int i = 0; i < n; i++) {
        double g = (double) outputGradient.get(row, i) * weight(i);
        inputGradient.set(row, i, (float) (scale * (g - sum / n - normal[i] * product / n)));
      }
    }
  }

  /** Computes n of a row; gives s. */
  private double normalize(long row) {
    int n = normal.length;
    double mean = 0;
    for (int i = 0; i < n; i++) {
      normal[i] = input.get(row, i);
      mean += normal[i] / n;
    }
    double variance = 0;
    for (int i = 0; i < n; i++) {
      normal[i] -= mean;
      variance += normal[i] * normal[i] / n;
    }
    double scale = 1 / Math.sqrt(variance + eps);
    for (int i = 0; i < n; i++) {
      normal[i] *= scale;
    }
    return scale;
  }

  private float weight(int i) {
    return weight == null ? 1 : weight.getAtIndex(JAVA_FLOAT, i);
  }

  @Override
  public void collect() {
    collect(weightSums, ofWeight);
    collect(biasSums, ofBias);
  }

  private static void collect(double[] sums, MemorySegment target) {
    if (target != null) {
      for (int i = 0; i < sums.length; i++) {
        target.setAtIndex(JAVA_FLOAT, i, (float) sums[i]);
      }
    }
  }

  @Override
  public void clear() {
    Arrays.fill(weightSums, 0);
    Arrays.fill(biasSums, 0);
  }
}

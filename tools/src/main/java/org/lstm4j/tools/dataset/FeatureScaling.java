// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Tensor;
import org.lstm4j.format.Normalisation;

/**
 * Features that a network scales itself: x' = (x - mean) / standard deviation, as a Linear with a
 * diagonal matrix before all other layers, which does not learn. Whatever runs the network gives it
 * the features as they are.
 */
public final class FeatureScaling {
  private static final String LAYER = "normalisation";

  private FeatureScaling() {}

  /** {@return whether a parameter belongs to such a layer} */
  public static boolean isPartOf(String parameter) {
    return parameter.startsWith(LAYER + ".");
  }

  /** {@return the layer} */
  public static Layer layer(int features) {
    return new Layer.Linear(LAYER, features, features, true);
  }

  /**
   * The weights of the layer.
   *
   * @param columns mean and scale of each feature
   */
  static Map<String, Tensor> weights(List<Normalisation.Column> columns) {
    int features = columns.size();
    float[] weight = new float[Math.multiplyExact(features, features)];
    float[] bias = new float[features];
    for (int i = 0; i < features; i++) {
      weight[i * features + i] = (float) (1 / columns.get(i).scale());
      bias[i] = (float) (-columns.get(i).mean() / columns.get(i).scale());
    }
    return Map.of(
        LAYER + ".weight", Tensor.of(weight, features, features),
        LAYER + ".bias", Tensor.of(bias, features));
  }

  /** Mean and standard deviation of a feature, from all its values. */
  static Normalisation.Column of(int feature, float[] values) {
    BitSet all = new BitSet();
    all.set(0, values.length);
    return ColumnScale.of(Integer.toString(feature), values, all);
  }
}

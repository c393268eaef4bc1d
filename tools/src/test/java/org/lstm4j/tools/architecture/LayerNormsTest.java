// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.lstm4j.tools.architecture.Inference.assertNames;
import static org.lstm4j.tools.architecture.Inference.assumptions;
import static org.lstm4j.tools.architecture.Inference.kinds;
import static org.lstm4j.tools.architecture.Inference.layers;
import static org.lstm4j.tools.architecture.Inference.refusal;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.CheckpointBuilder;
import org.lstm4j.tools.DType;

/** Weights and biases of one size each. */
class LayerNormsTest {
  private static final Layer.Lstm LSTM = Layer.Lstm.of("lstm", 4, 9);
  private static final Layer.Linear FC = new Layer.Linear("fc", 9, 3, true);

  private final CheckpointBuilder net =
      CheckpointBuilder.torch()
          .lstm("lstm", 4, 9)
          .layer(Layer.LayerNorm.of("norm", 9))
          .linear("fc", 9, 3);

  @Test
  void areAWeightAndABiasOfOneSizeEach() {
    assertEquals(List.of(LSTM, Layer.LayerNorm.of("norm", 9), FC), layers(net));
    assertNames(assumptions(net), "'norm' is a LayerNorm with eps = 1e-05", "--eps");
  }

  @Test
  void haveTheEpsThatTheUserSays() {
    Layer.LayerNorm norm = new Layer.LayerNorm("norm", 9, 1e-3f, true, true);
    assertEquals(List.of(LSTM, norm, FC), layers(net, "--eps", "1e-3"));
    assertFalse(assumptions(net, "--eps", "1e-3").contains("--eps"));
    assertNames(refusal(CheckpointBuilder.torch().lstm("l", 4, 9), "--eps", "1"), "LayerNorm");
  }

  @Test
  void comeWhereTheirFeaturesAre() {
    CheckpointBuilder sorted =
        CheckpointBuilder.safetensors()
            .linear("fc", 9, 3)
            .lstm("lstm", 4, 9)
            .layer(Layer.LayerNorm.of("norm", 4));
    assertEquals(List.of(Layer.LayerNorm.of("norm", 4), LSTM, FC), layers(sorted));
    CheckpointBuilder wrong =
        CheckpointBuilder.torch().lstm("lstm", 4, 9).layer(Layer.LayerNorm.of("norm", 7));
    assertNames(refusal(wrong), "norm takes 7 features", "gives 9");
  }

  @Test
  void mayLieBeforeOrBehindWhatIsReadOverTime() {
    Layer norm = Layer.LayerNorm.of("norm", 9);
    Layer mean = new Layer.MeanOverTime(9);
    assertEquals(List.of(LSTM, mean, norm, FC), layers(net, "--read", "mean"));
    assertNames(assumptions(net, "--read", "mean"), "before 'norm'", "--read-after norm");
    assertEquals(
        List.of(LSTM, norm, mean, FC), layers(net, "--read", "mean", "--read-after", "norm"));
    assertFalse(assumptions(net, "--read", "last").contains("--read-after"));
  }

  @Test
  void mayLieBeforeTheScoresOfAttention() {
    CheckpointBuilder attention =
        CheckpointBuilder.torch()
            .lstm("lstm", 4, 9)
            .layer(Layer.LayerNorm.of("norm", 9))
            .linear("attn", 9, 1)
            .linear("fc", 9, 3);
    assertEquals(
        List.of("Lstm", "LayerNorm", "AttentionOverTime", "Linear"),
        kinds(layers(attention, "--read", "attention")));
  }

  @Test
  void areNoBatchNorms() {
    CheckpointBuilder batch =
        CheckpointBuilder.torch()
            .lstm("lstm", 4, 9)
            .layer(Layer.LayerNorm.of("bn", 9))
            .tensor("bn.running_mean", 9)
            .tensor("bn.running_var", 9)
            .tensor("bn.num_batches_tracked", DType.INT64);
    assertNames(refusal(batch), "batch norms", "bn", "--select");
  }
}

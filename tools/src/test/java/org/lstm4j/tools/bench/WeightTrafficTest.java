// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.tools.cli.TestNetworks;

class WeightTrafficTest {
  /** Of the LSTM with 3 inputs and 4 units: weights of the input, of the recurrence, biases. */
  private static final int INPUT = 16 * 3;

  private static final int RECURRENT = 16 * 4;
  private static final int BIASES = 2 * 16;

  @Test
  void aStepReadsEveryWeight() {
    try (Network network = TestNetworks.build(TestNetworks.manyToMany())) {
      assertEquals(4.0 * network.parameterCount(), traffic(network, 1, 1).bytesPerStep());
      assertEquals(4 * network.parameterCount(), traffic(network, 1, 1).workingSet());
    }
  }

  @Test
  void ofAnEmbeddingAStepReadsOneRowForEachBatchRow() {
    try (Network network = TestNetworks.build(TestNetworks.tokens())) {
      double rest = 4.0 * (network.parameterCount() - 7 * 3);
      assertEquals(rest + 4 * 3, traffic(network, 1, 1).bytesPerStep());
      assertEquals(rest + 4 * 3 * 5, traffic(network, 5, 1).bytesPerStep());
    }
  }

  @Test
  void ofAKnownSequenceOnlyTheRecurrentWeightsAreReadAtEveryStep() {
    Network.Builder lstm = Network.builder().add(Layer.Lstm.of("lstm", 3, 4));
    try (Network network = TestNetworks.build(lstm)) {
      assertEquals(
          4 * (RECURRENT + (INPUT + BIASES) / 10.0), traffic(network, 1, 10).bytesPerStep(), 1e-9);
      assertEquals(4 * RECURRENT, traffic(network, 1, 10).workingSet());
    }
  }

  @Test
  void aProjectionIsReadAtEveryStep() {
    Network.Builder lstm =
        Network.builder().add(new Layer.Lstm("lstm", 3, 4, 1, false, false, 2, false));
    try (Network network = TestNetworks.build(lstm)) {
      assertEquals(
          4 * (16 * 2 + 2 * 4 + INPUT / 10.0), traffic(network, 1, 10).bytesPerStep(), 1e-9);
    }
  }

  @Test
  void smallerWeightsAreFewerBytesButBiasesAreNot() {
    Network.Builder lstm = Network.builder().add(Layer.Lstm.of("lstm", 3, 4));
    try (Network bfloat16 = TestNetworks.build(lstm.weights(WeightStorage.BFLOAT16));
        Network int8 = TestNetworks.build(lstm.weights(WeightStorage.INT8))) {
      assertEquals(2 * (INPUT + RECURRENT) + 4 * BIASES, traffic(bfloat16, 1, 1).bytesPerStep());
      // Each of the 16 rows of both matrices has a scale.
      assertEquals(INPUT + RECURRENT + 4 * (BIASES + 2 * 16), traffic(int8, 1, 1).bytesPerStep());
    }
  }

  private static WeightTraffic traffic(Network network, int batch, int stepsTogether) {
    return new WeightTraffic(network, batch, stepsTogether);
  }
}

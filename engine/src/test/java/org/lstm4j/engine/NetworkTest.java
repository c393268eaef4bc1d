// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTest {
  private static final Layer.Lstm LSTM = new Layer.Lstm("lstm", 3, 10, 2, true, true, 4, false);
  private static final Layer.Linear LINEAR = new Layer.Linear("linear", 8, 6, true);

  private static Network network() {
    return RandomWeights.build(Network.builder().add(LSTM, LINEAR), 1);
  }

  @Test
  void parametersAreThoseOfPyTorchInItsOrder() {
    try (Network network = network()) {
      assertEquals(
          List.of(
              "lstm.weight_ih_l0 [40, 3]",
              "lstm.weight_hh_l0 [40, 4]",
              "lstm.bias_ih_l0 [40]",
              "lstm.bias_hh_l0 [40]",
              "lstm.weight_hr_l0 [4, 10]",
              "lstm.weight_ih_l0_reverse [40, 3]",
              "lstm.weight_hh_l0_reverse [40, 4]",
              "lstm.bias_ih_l0_reverse [40]",
              "lstm.bias_hh_l0_reverse [40]",
              "lstm.weight_hr_l0_reverse [4, 10]",
              "lstm.weight_ih_l1 [40, 8]",
              "lstm.weight_hh_l1 [40, 4]",
              "lstm.bias_ih_l1 [40]",
              "lstm.bias_hh_l1 [40]",
              "lstm.weight_hr_l1 [4, 10]",
              "lstm.weight_ih_l1_reverse [40, 8]",
              "lstm.weight_hh_l1_reverse [40, 4]",
              "lstm.bias_ih_l1_reverse [40]",
              "lstm.bias_hh_l1_reverse [40]",
              "lstm.weight_hr_l1_reverse [4, 10]",
              "linear.weight [6, 8]",
              "linear.bias [6]"),
          network.parameters().stream().map(p -> p.name() + " " + p.shape()).toList());
    }
  }

  @Test
  void sizesAreCountedAsTheyAreDocumented() {
    long matrices = 2 * (40 * 3 + 40 * 4 + 4 * 10) + 2 * (40 * 8 + 40 * 4 + 4 * 10) + 6 * 8;
    long vectors = 4 * (40 + 40) + 6;
    try (Network network = network()) {
      assertEquals(matrices + vectors, network.parameterCount());
      assertEquals(2 * matrices, network.flopsPerStep());
      assertTrue(network.packedBytes() >= Float.BYTES * (matrices + vectors));
    }
  }

  @Test
  void anEmbeddingCostsNoOperations() {
    Network.Builder builder = Network.builder().add(new Layer.Embedding("embedding", 50, 8));
    try (Network network = RandomWeights.build(builder, 1)) {
      assertEquals(400, network.parameterCount());
      assertEquals(0, network.flopsPerStep());
      assertEquals(1600, network.packedBytes());
    }
  }

  static Stream<NetworkCase> all() {
    return NetworkCase.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyParameterComesBackBitForBit(NetworkCase networkCase) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Random random = new Random(1);
    for (Parameter parameter : networkCase.builder().parameters()) {
      weights.put(parameter.name(), anyBits(parameter, random));
    }
    try (Network network = networkCase.builder().build(WeightSource.of(weights))) {
      weights.forEach((name, tensor) -> {
        assertArrayEquals(tensor.shape(), network.parameter(name).shape(), name);
        assertEquals(-1, tensor.data().mismatch(network.parameter(name).data()), name);
      });
    }
  }

  /** NaNs with payloads, subnormals and zeros of both signs among them. */
  private static Tensor anyBits(Parameter parameter, Random random) {
    int[] special = {0x7fc0_1234, 0xff80_0001, 0x8000_0000, 1, 0x807f_ffff, 0x7f80_0000};
    MemorySegment bits = Arena.ofAuto().allocate(parameter.size() * Float.BYTES);
    for (int i = 0; i < parameter.size(); i++) {
      bits.setAtIndex(JAVA_INT_UNALIGNED, i, i < special.length ? special[i] : random.nextInt());
    }
    return Tensor.wrap(bits, parameter.shapeArray());
  }

  @Test
  void anUnknownParameterIsRefusedByName() {
    try (Network network = network()) {
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> network.parameter("linear.wieght"));
      assertTrue(e.getMessage().startsWith("no parameter is named linear.wieght"), e::getMessage);
    }
  }

  @Test
  void itCannotBeClosedUnderOpenSessions() {
    try (Network network = network()) {
      Session first = network.newSession();
      Session second = network.newSession();
      first.close();

      Exception e = assertThrows(IllegalStateException.class, network::close);

      assertEquals("the network has 1 open session(s): close them first", e.getMessage());
      float[] before = new float[6];
      second.run(new float[3], 1, before);
      assertEquals(LSTM, network.layers().getFirst());
      assertEquals(40 * 3, network.parameter("lstm.weight_ih_l0").size());
      second.close();
    }
  }

  @Test
  void closingTwiceDoesNothing() {
    Network network = network();
    network.close();
    network.close();
  }

  @Test
  void onceClosedItGivesNoSessionsAndNoWeights() {
    Network network = network();
    network.close();

    assertEquals(
        "the network is closed",
        assertThrows(IllegalStateException.class, network::newSession).getMessage());
    assertEquals(
        "the network is closed",
        assertThrows(IllegalStateException.class, () -> network.parameter("linear.bias"))
            .getMessage());
  }

  @Test
  void aSessionThatCannotBeMadeLeavesTheNetworkClosable() {
    try (Network network = network()) {
      SessionOptions tooMuch = SessionOptions.defaults().withMaxSteps(Integer.MAX_VALUE);
      assertThrows(OutOfMemoryError.class, () -> network.newSession(tooMuch));
    }
  }

  @Test
  void whatNeedsTheFutureSaysSo() {
    try (Network bidirectional = network();
        Network pooled =
            RandomWeights.build(
                Network.builder().add(Layer.Lstm.of("lstm", 1, 2), new Layer.MeanOverTime(2)), 1);
        Network last =
            RandomWeights.build(
                Network.builder().add(Layer.Lstm.of("lstm", 1, 2), new Layer.ReadLast(2)), 1)) {
      assertTrue(bidirectional.needsWholeSequence());
      assertTrue(pooled.needsWholeSequence());
      assertFalse(last.needsWholeSequence());
    }
  }
}

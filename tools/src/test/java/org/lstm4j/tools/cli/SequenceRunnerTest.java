// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

class SequenceRunnerTest {
  @Test
  void aSequenceRunInTwoPartsThroughItsStateIsTheSequenceRunAtOnce() throws Exception {
    float[] x = ramp(6 * 3);
    try (Network network = TestNetworks.build(TestNetworks.manyToMany())) {
      NamedArrays whole = run(network, Map.of("x", NdArray.of(x, 6, 3)));
      NamedArrays first = run(network, Map.of("x", NdArray.of(Arrays.copyOf(x, 12), 4, 3)));
      NamedArrays second =
          run(
              network,
              Map.of(
                  "x", NdArray.of(Arrays.copyOfRange(x, 12, 18), 2, 3),
                  "h0", first.arrays().get("hn"),
                  "c0", first.arrays().get("cn")));
      assertArrayEquals(Arrays.copyOfRange(floats(whole, "out"), 8, 12), floats(second, "out"));
      assertEquals(whole.arrays().get("hn"), second.arrays().get("hn"));
      assertEquals(whole.arrays().get("cn"), second.arrays().get("cn"));
    }
  }

  @Test
  void statesOfSeveralRecurrentPartsCarryTheirNames() throws Exception {
    try (Network network = TestNetworks.build(TestNetworks.twoLstms())) {
      NamedArrays result = run(network, Map.of("x", NdArray.of(ramp(12), 2, 2, 3)));
      assertEquals(
          List.of("out", "hn|a", "cn|a", "hn|b", "cn|b"), List.copyOf(result.arrays().keySet()));
      assertArrayEquals(new long[] {1, 2, 4}, result.arrays().get("hn|a").shape());
      assertArrayEquals(new long[] {1, 2, 2}, result.arrays().get("cn|b").shape());
    }
  }

  @Test
  void theStateOfOnePartMayBeGivenAlone() throws Exception {
    try (Network network = TestNetworks.build(TestNetworks.twoLstms())) {
      NdArray x = NdArray.of(ramp(6), 2, 3);
      NdArray zeros = NdArray.of(new float[4], 1, 4);
      NamedArrays given = run(network, Map.of("x", x, "h0|a", zeros, "c0|a", zeros));
      assertEquals(run(network, Map.of("x", x)).arrays(), given.arrays());
    }
  }

  @Test
  void aLearnedInitialStateIsWhatAGivenOneReplaces() throws Exception {
    try (Network network = TestNetworks.build(TestNetworks.learnedInitialState())) {
      NdArray x = NdArray.of(ramp(6), 1, 2, 3);
      float[] ones = new float[2 * 4];
      Arrays.fill(ones, 1);
      NdArray learned = NdArray.of(ones, 1, 2, 4);
      NdArray zeros = NdArray.of(new float[2 * 4], 1, 2, 4);

      Map<String, NdArray> results = run(network, Map.of("x", x)).arrays();

      assertEquals(results, run(network, Map.of("x", x, "h0", learned, "c0", learned)).arrays());
      assertNotEquals(results, run(network, Map.of("x", x, "h0", zeros, "c0", zeros)).arrays());
    }
  }

  @Test
  void nanGoesThrough() throws Exception {
    try (Network network = TestNetworks.build(TestNetworks.manyToMany())) {
      float[] x = {1, 2, 3, Float.NaN, 0, 0};
      float[] out = floats(run(network, Map.of("x", NdArray.of(x, 2, 3))), "out");
      assertTrue(Float.isFinite(out[0]) && Float.isFinite(out[1]));
      assertTrue(Float.isNaN(out[2]) && Float.isNaN(out[3]));
    }
  }

  @Test
  void withLengthsEachSequenceIsAsIfItWereAlone() throws Exception {
    float[] first = ramp(4 * 3);
    float[] second = ramp(2 * 3);
    float[] x = new float[4 * 2 * 3];
    for (int t = 0; t < 4; t++) {
      System.arraycopy(first, t * 3, x, t * 6, 3);
      Arrays.fill(x, t * 6 + 3, t * 6 + 6, Float.NaN);
    }
    for (int t = 0; t < 2; t++) {
      System.arraycopy(second, t * 3, x, t * 6 + 3, 3);
    }
    try (Network network = TestNetworks.build(TestNetworks.bidirectional())) {
      NamedArrays together =
          run(
              network,
              Map.of("x", NdArray.of(x, 4, 2, 3), "lengths", NdArray.of(new long[] {4, 2}, 2)));
      NamedArrays longer = run(network, Map.of("x", NdArray.of(first, 4, 3)));
      NamedArrays shorter = run(network, Map.of("x", NdArray.of(second, 2, 3)));
      float[] out = floats(together, "out");
      for (int t = 0; t < 4; t++) {
        assertArrayEquals(
            Arrays.copyOfRange(floats(longer, "out"), t * 8, t * 8 + 8),
            Arrays.copyOfRange(out, t * 16, t * 16 + 8));
        assertArrayEquals(
            t < 2 ? Arrays.copyOfRange(floats(shorter, "out"), t * 8, t * 8 + 8) : new float[8],
            Arrays.copyOfRange(out, t * 16 + 8, t * 16 + 16));
      }
      for (String state : List.of("hn", "cn")) {
        float[] states = floats(together, state);
        for (int direction = 0; direction < 2; direction++) {
          int at = direction * 8;
          float[] alone = floats(shorter, state);
          assertArrayEquals(
              Arrays.copyOfRange(alone, direction * 4, direction * 4 + 4),
              Arrays.copyOfRange(states, at + 4, at + 8));
        }
      }
    }
  }

  @Test
  void aOneToManyNetworkGivesEachRowSoManySteps() throws Exception {
    try (Network network = TestNetworks.build(TestNetworks.oneToMany())) {
      NdArray x = NdArray.of(ramp(6), 2, 3);
      float[] all = floats(run(network, Map.of("x", x)), "out");
      Arrays.fill(all, 2 * 6, 2 * 6 + 3, 0);
      Arrays.fill(all, 3 * 6, 3 * 6 + 3, 0);
      Arrays.fill(all, 4 * 6, 4 * 6 + 3, 0);
      NdArray lengths = NdArray.of(new int[] {2, 5}, 2);
      assertArrayEquals(all, floats(run(network, Map.of("x", x, "lengths", lengths)), "out"));
    }
  }

  static Stream<Arguments> wrongLengths() {
    return Stream.of(
        arguments(
            NdArray.of(new long[] {2, 2}, 2),
            "has the shape [2] where [3] is expected, one length for each batch row"),
        arguments(
            NdArray.of(new long[] {2, 2, 2}, 3, 1),
            "has the shape [3, 1] where [3] is expected, one length for each batch row"),
        arguments(
            NdArray.of(new long[] {2, 0, 2}, 3),
            "holds 0 for batch row 1, but it must be from 1 to 2, the time steps there are"),
        arguments(
            NdArray.of(new long[] {2, 1, -1}, 3),
            "holds -1 for batch row 2, but it must be from 1 to 2, the time steps there are"),
        arguments(
            NdArray.of(new long[] {3, 1, 1}, 3),
            "holds 3 for batch row 0, but it must be from 1 to 2, the time steps there are"),
        arguments(NdArray.of(new double[] {2, 1, 1}, 3), "holds float64 where whole numbers"),
        arguments(NdArray.of(new float[] {2, 1.5f, 1}, 3), "holds float32 where whole numbers"));
  }

  @ParameterizedTest
  @MethodSource("wrongLengths")
  void wrongLengthsAreRefused(NdArray lengths, String expected) {
    try (Network network = TestNetworks.build(TestNetworks.manyToMany())) {
      NdArray x = NdArray.of(ramp(18), 2, 3, 3);
      ModelFormatException refusal =
          assertThrows(
              ModelFormatException.class, () -> run(network, Map.of("x", x, "lengths", lengths)));
      assertTrue(
          refusal.getMessage().startsWith("in.npz: lengths " + expected), refusal.getMessage());
    }
  }

  @Test
  void lengthsOfAnInputWithoutABatchAreRefused() {
    try (Network network = TestNetworks.build(TestNetworks.manyToMany())) {
      Map<String, NdArray> arrays =
          Map.of("x", NdArray.of(ramp(6), 2, 3), "lengths", NdArray.of(new long[] {1}, 1));
      ModelFormatException refusal =
          assertThrows(ModelFormatException.class, () -> run(network, arrays));
      assertTrue(refusal.getMessage().contains("no batch axis"), refusal.getMessage());
    }
  }

  static Stream<Arguments> faults() {
    NdArray x = NdArray.of(ramp(6), 2, 3);
    NdArray state = NdArray.of(new float[4], 1, 4);
    return Stream.of(
        arguments(TestNetworks.manyToMany(), Map.of("y", x), "'x'"),
        arguments(TestNetworks.tokens(), Map.of("x", x), "'tokens'"),
        arguments(TestNetworks.tokens(), Map.of("tokens", NdArray.of(new int[] {1, 7}, 2)), "7"),
        arguments(TestNetworks.tokens(), Map.of("tokens", NdArray.of(new int[] {-1}, 1)), "-1"),
        arguments(TestNetworks.tokens(), Map.of("tokens", NdArray.of(ramp(2), 2)), "whole"),
        arguments(TestNetworks.manyToMany(), Map.of("x", x, "h0", state), "c0"),
        arguments(TestNetworks.manyToMany(), Map.of("x", x, "c0", state), "h0"),
        arguments(
            TestNetworks.manyToMany(),
            Map.of("x", x, "c0", state, "h0", NdArray.of(new float[4], 1, 1, 4)),
            "h0 has the shape [1, 1, 4] where [1, 4]"),
        arguments(
            TestNetworks.manyToMany(), Map.of("x", x, "h0|lstm", state, "c0|lstm", state), "h0"),
        arguments(TestNetworks.twoLstms(), Map.of("x", x, "h0", state, "c0", state), "h0|a"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void inputsThatDoNotFitAreRefused(
      Network.Builder builder, Map<String, NdArray> arrays, String expected) {
    try (Network network = TestNetworks.build(builder)) {
      ModelFormatException refusal =
          assertThrows(ModelFormatException.class, () -> run(network, arrays));
      assertTrue(refusal.getMessage().contains(expected), refusal.getMessage());
    }
  }

  @Test
  void anOutputBeyondAnArrayIsRefusedBeforeItIsAllocated() {
    try (Network network = TestNetworks.build(TestNetworks.oneToMany())) {
      NamedArrays input = named(Map.of("x", NdArray.of(ramp(6), 2, 3)));
      ModelFormatException refusal =
          assertThrows(
              ModelFormatException.class,
              () -> new SequenceRunner(network).run(input, OptionalInt.of(Integer.MAX_VALUE)));
      assertTrue(refusal.getMessage().contains("2 GiB"), refusal.getMessage());
    }
  }

  @Test
  void keysThatAreNeitherInputsNorResultsAreNoted() {
    try (Network network = TestNetworks.build(TestNetworks.manyToMany())) {
      Map<String, NdArray> arrays = new LinkedHashMap<>();
      for (String key : List.of("x", "h0", "lengths", "out", "out_f32", "hn|a", "truth", "h_0")) {
        arrays.put(key, NdArray.of(ramp(6), 2, 3));
      }
      assertEquals(
          List.of(
              "in.npz: truth is no input of this network and is ignored",
              "in.npz: h_0 is no input of this network and is ignored"),
          new SequenceRunner(network).notes(named(arrays)));
    }
  }

  @Test
  void anInputThatIsRoundedIsNoted() {
    try (Network network = TestNetworks.build(TestNetworks.manyToMany())) {
      NdArray doubles = NdArray.of(new double[] {0.1, 0.2, 0.3}, 1, 3);
      assertEquals(
          List.of("in.npz: x is rounded from float64 to float32"),
          new SequenceRunner(network).notes(named(Map.of("x", doubles, "out", doubles))));
    }
  }

  private static NamedArrays run(Network network, Map<String, NdArray> arrays)
      throws ModelFormatException {
    return new SequenceRunner(network).run(named(arrays), OptionalInt.empty());
  }

  private static NamedArrays named(Map<String, NdArray> arrays) {
    return new NamedArrays("in.npz", arrays);
  }

  private static float[] floats(NamedArrays arrays, String key) throws ModelFormatException {
    return arrays.arrays().get(key).floats();
  }

  private static float[] ramp(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = 0.3f * i - 1;
    }
    return values;
  }
}

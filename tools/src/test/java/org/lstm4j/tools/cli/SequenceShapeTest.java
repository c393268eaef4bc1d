// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/** PyTorch's shapes of inputs, outputs and states. */
class SequenceShapeTest {
  static Stream<Arguments> shapes() {
    return Stream.of(
        arguments(TestNetworks.manyToMany(), axes(5, 2, 3), 5, 2, axes(5, 2, 2), axes(1, 2, 4)),
        arguments(TestNetworks.manyToMany(), axes(5, 3), 5, 1, axes(5, 2), axes(1, 4)),
        arguments(
            TestNetworks.manyToMany().batchFirst(true),
            axes(2, 5, 3),
            5,
            2,
            axes(2, 5, 2),
            axes(1, 2, 4)),
        arguments(
            TestNetworks.manyToMany().batchFirst(true), axes(5, 3), 5, 1, axes(5, 2), axes(1, 4)),
        arguments(TestNetworks.manyToOne(), axes(5, 2, 3), 5, 2, axes(2, 2), axes(1, 2, 4)),
        arguments(TestNetworks.manyToOne(), axes(5, 3), 5, 1, axes(2), axes(1, 4)),
        arguments(TestNetworks.oneToMany(), axes(2, 3), 5, 2, axes(5, 2, 3), axes(1, 2, 4)),
        arguments(TestNetworks.oneToMany(), axes(3), 5, 1, axes(5, 3), axes(1, 4)),
        arguments(
            TestNetworks.oneToMany().batchFirst(true),
            axes(2, 3),
            5,
            2,
            axes(2, 5, 3),
            axes(1, 2, 4)),
        arguments(TestNetworks.tokens(), axes(5, 2), 5, 2, axes(5, 2, 7), axes(1, 2, 4)),
        arguments(TestNetworks.tokens(), axes(5), 5, 1, axes(5, 7), axes(1, 4)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void resultsHaveTheAxesOfTheInput(
      Network.Builder builder, long[] input, int steps, int batch, long[] out, long[] state)
      throws ModelFormatException {
    try (Network network = TestNetworks.build(builder)) {
      SequenceShape shape = shapeOf(network, input, OptionalInt.empty());
      assertEquals(steps, shape.steps());
      assertEquals(batch, shape.batch());
      assertArrayEquals(out, shape.output());
      assertArrayEquals(state, shape.state(axes(1, batch, 4)));
    }
  }

  @Test
  void theStateOfACellHasNoAxisForLayers() throws ModelFormatException {
    Network.Builder cell = Network.builder().add(new Layer.Lstm("", 3, 4, 1, true, false, 0, true));
    try (Network network = TestNetworks.build(cell)) {
      SequenceShape batched = shapeOf(network, axes(5, 2, 3), OptionalInt.empty());
      assertArrayEquals(axes(2, 4), batched.state(axes(2, 4)));
      SequenceShape unbatched = shapeOf(network, axes(5, 3), OptionalInt.empty());
      assertArrayEquals(axes(4), unbatched.state(axes(1, 4)));
    }
  }

  static Stream<Arguments> refusedShapes() {
    return Stream.of(
        arguments(TestNetworks.manyToMany(), axes(5, 2, 4), "[time step, batch, 3]"),
        arguments(TestNetworks.manyToMany(), axes(3), "[time step, 3]"),
        arguments(TestNetworks.manyToMany(), axes(1, 5, 2, 3), "[1, 5, 2, 3]"),
        arguments(
            TestNetworks.manyToMany().batchFirst(true), axes(2, 5, 4), "[batch, time step, 3]"),
        arguments(TestNetworks.manyToMany(), axes(0, 2, 3), "nothing to run"),
        arguments(TestNetworks.manyToMany(), axes(5, 0, 3), "nothing to run"),
        arguments(TestNetworks.oneToMany(), axes(5, 2, 3), "[batch, 3]"),
        arguments(TestNetworks.tokens(), axes(5, 2, 7), "[time step, batch]"));
  }

  @ParameterizedTest
  @MethodSource("refusedShapes")
  void otherShapesAreRefusedWithTheShapeFoundAndTheOneExpected(
      Network.Builder builder, long[] input, String expected) {
    try (Network network = TestNetworks.build(builder)) {
      ModelFormatException refusal =
          assertThrows(
              ModelFormatException.class, () -> shapeOf(network, input, OptionalInt.empty()));
      assertTrue(refusal.getMessage().startsWith("in.npz: "), refusal.getMessage());
      assertTrue(refusal.getMessage().contains(Arrays.toString(input)), refusal.getMessage());
      assertTrue(refusal.getMessage().contains(expected), refusal.getMessage());
    }
  }

  @ParameterizedTest
  @MethodSource("oneToManySteps")
  void aOneToManyNetworkRunsAsManyStepsAsItIsAskedFor(OptionalInt asked, int steps)
      throws ModelFormatException {
    try (Network network = TestNetworks.build(TestNetworks.oneToMany())) {
      assertEquals(steps, shapeOf(network, axes(2, 3), asked).steps());
    }
  }

  static Stream<Arguments> oneToManySteps() {
    return Stream.of(arguments(OptionalInt.empty(), 5), arguments(OptionalInt.of(9), 9));
  }

  private static SequenceShape shapeOf(Network network, long[] shape, OptionalInt steps)
      throws ModelFormatException {
    int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    String key = network.takesTokens() ? "tokens" : "x";
    NdArray array =
        network.takesTokens()
            ? NdArray.of(new int[size], shape)
            : NdArray.of(new float[size], shape);
    return SequenceShape.of(network, new NamedArrays("in.npz", Map.of(key, array)), key, steps);
  }

  private static long[] axes(long... axes) {
    return axes;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A network holds the weights of its matrices in one storage. */
class NetworkWeightsTest {
  private static final int STEPS = 7;
  private static final int BATCH = 3;

  private static final SessionOptions OPTIONS = SessionOptions.defaults().withBatch(BATCH);

  private static final Layer.Lstm LARGE = Layer.Lstm.of("lstm", 256, 512);

  static Stream<Arguments> casesAndStorages() {
    return NetworkCase.all()
        .flatMap(networkCase ->
            Arrays.stream(WeightStorage.values())
                .map(storage -> Arguments.of(networkCase, storage)));
  }

  private static Network build(NetworkCase networkCase, WeightStorage storage) {
    return networkCase.builder().weights(storage).build(WeightSource.of(networkCase.weights()));
  }

  private static Network large(WeightStorage storage) {
    return RandomWeights.build(Network.builder().add(LARGE).weights(storage), 1);
  }

  @Tag("numeric")
  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("casesAndStorages")
  void aSessionGivesTheBitsOfOneThatAsksAFloat32NetworkForTheStorage(
      NetworkCase networkCase, WeightStorage storage) {
    try (Network floats = networkCase.build();
        Session expected = floats.newSession(OPTIONS.withWeights(storage));
        Network network = build(networkCase, storage);
        Session actual = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 21);
      assertEquals(storage, network.weights());
      assertArrayEquals(sequence.run(expected), sequence.run(actual));
    }
  }

  @Tag("numeric")
  @ParameterizedTest
  @MethodSource("org.lstm4j.engine.NetworkCase#all")
  void theParametersOfABfloat16NetworkAreTheFloatsThatItComputesWith(NetworkCase networkCase) {
    try (Network network = build(networkCase, WeightStorage.BFLOAT16);
        Session actual = network.newSession(OPTIONS);
        Network floats = networkCase.builder().build(WeightSource.of(parameters(network)));
        Session expected = floats.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 22);
      assertArrayEquals(sequence.run(expected), sequence.run(actual));
    }
  }

  private static Map<String, Tensor> parameters(Network network) {
    Map<String, Tensor> parameters = new HashMap<>();
    network.parameters().forEach(p -> parameters.put(p.name(), network.parameter(p.name())));
    return parameters;
  }

  @ParameterizedTest
  @MethodSource("org.lstm4j.engine.NetworkCase#all")
  void theMatricesOfAnInt8NetworkAreWithinHalfAStepOfTheGiven(NetworkCase networkCase) {
    try (Network network = build(networkCase, WeightStorage.INT8)) {
      networkCase
          .weights()
          .forEach((name, given) -> {
            Tensor stored = network.parameter(name);
            if (given.shape().length == 1 || name.startsWith("embedding")) {
              assertEquals(-1, given.data().mismatch(stored.data()), name);
            } else {
              assertHalfAStep(given.toArray(), stored.toArray(), (int) given.shape()[1]);
            }
          });
    }
  }

  private static void assertHalfAStep(float[] given, float[] stored, int columns) {
    for (int row = 0; row < given.length; row += columns) {
      float largest = 0;
      for (int i = row; i < row + columns; i++) {
        largest = Math.max(largest, Math.abs(given[i]));
      }
      float halfAStep = largest / 127 / 2 * 1.001f;
      for (int i = row; i < row + columns; i++) {
        assertEquals(given[i], stored[i], halfAStep);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"BFLOAT16, 0.52", "INT8, 0.27"})
  void smallerWeightsTakeTheirShareOfTheMemory(WeightStorage storage, double share) {
    try (Network floats = large(WeightStorage.FLOAT32);
        Network network = large(storage)) {
      long bytes = network.packedBytes();
      assertTrue(bytes <= share * floats.packedBytes(), bytes + " of " + floats.packedBytes());
      try (Session _ = network.newSession();
          Session _ = network.newSession(SessionOptions.defaults().withWeights(storage))) {
        assertEquals(bytes, network.packedBytes(), "with sessions");
      }
    }
  }

  @Test
  void theFloatsAreNotInMemoryEvenWhileItIsBuilt() {
    Network.Builder builder = Network.builder().add(LARGE).weights(WeightStorage.INT8);
    long[] most = {0};
    WeightSource source = new WatchedSource(builder.parameters(), most);
    long before = JvmCounters.offHeapBytes();
    try (Network network = builder.build(source)) {
      long peak = most[0] - before;
      long packed = network.packedBytes();
      assertTrue(peak > packed / 2 && peak <= packed * 1.02, peak + " of " + packed);
    }
  }

  /** Gives weights in small pieces, and watches how much memory there is after each. */
  private record WatchedSource(List<Parameter> parameters, long[] most) implements WeightSource {
    private Parameter parameter(String name) {
      return parameters.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    }

    @Override
    public List<Long> shape(String name) {
      return parameter(name).shape();
    }

    @Override
    public void read(String name, Sink sink) {
      float[] piece = new float[10_000];
      Arrays.fill(piece, 0.1f);
      for (long left = parameter(name).size(); left > 0; left -= piece.length) {
        long bytes = Math.min(left, piece.length) * Float.BYTES;
        sink.accept(MemorySegment.ofArray(piece).asSlice(0, bytes));
        most[0] = Math.max(most[0], JvmCounters.offHeapBytes());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "FLOAT32", mode = EnumSource.Mode.EXCLUDE)
  void whatIsNotFloat32GivesASessionNoOtherStorage(WeightStorage storage) {
    NetworkCase networkCase = NetworkCase.all().findFirst().orElseThrow();
    try (Network network = build(networkCase, storage)) {
      for (WeightStorage asked : WeightStorage.values()) {
        SessionOptions options = SessionOptions.defaults().withWeights(asked);
        if (asked == storage) {
          network.newSession(options).close();
        } else {
          assertEquals(
              ("the network has its weights in %s only, so a session cannot have them in %s: build"
                      + " or open the network with weights in %s")
                  .formatted(
                      storage,
                      asked,
                      asked == WeightStorage.FLOAT32 ? asked : "FLOAT32 or " + asked),
              assertThrows(IllegalArgumentException.class, () -> network.newSession(options))
                  .getMessage());
        }
      }
    }
  }
}

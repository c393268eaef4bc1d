// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a network asks of the source of its weights, and what it makes of a bad one. */
class WeightSourceTest {
  private static final Layer[] LAYERS = {
    new Layer.Embedding("embedding", 9, 3),
    Layer.Lstm.of("lstm", 3, 5),
    new Layer.Linear("linear", 5, 2, true)
  };

  private static Network.Builder builder() {
    return Network.builder().add(LAYERS);
  }

  private static Map<String, Tensor> weights() {
    return RandomWeights.of(builder().parameters(), 1);
  }

  /** Tensors in memory, but some of them read in another way. */
  private static class Source implements WeightSource {
    final Map<String, Tensor> tensors = weights();

    @Override
    public List<Long> shape(String name) {
      return WeightSource.of(tensors).shape(name);
    }

    @Override
    public void read(String name, Sink sink) {
      sink.accept(tensors.get(name).data());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"embedding.weight", "lstm.weight_hh_l0", "lstm.bias_hh_l0", "linear.bias"})
  void aMissingParameterIsNamed(String name) {
    Map<String, Tensor> weights = weights();
    weights.remove(name);

    assertRefused("parameter " + name + " is missing", WeightSource.of(weights));
  }

  @Test
  void aWrongShapeIsSaidBesideTheRightOne() {
    Map<String, Tensor> weights = weights();
    weights.put("lstm.weight_hh_l0", Tensor.of(new float[100], 5, 20));

    assertRefused(
        "parameter lstm.weight_hh_l0 has shape [5, 20], but its layer needs [20, 5]",
        WeightSource.of(weights));
  }

  @ParameterizedTest
  @CsvSource({
    "embedding.weight, 27",
    "lstm.weight_ih_l0, 60",
    "lstm.weight_hh_l0, 100",
    "lstm.bias_ih_l0, 20",
    "linear.weight, 10",
    "linear.bias, 2"
  })
  void aSourceThatGivesTooLittleOrTooMuchIsRefused(String name, long needed) {
    for (long given : new long[] {0, needed - 1, needed + 1, needed + 1000}) {
      Source source =
          new Source() {
            @Override
            public void read(String read, Sink sink) {
              sink.accept(
                  read.equals(name)
                      ? Arena.ofAuto().allocate(given * Float.BYTES)
                      : tensors.get(read).data());
            }
          };
      assertRefused(
          "parameter %s has %d elements, but its source gave %s%d"
              .formatted(name, needed, given > needed ? "at least " : "", given),
          source);
    }
  }

  @Test
  void aPieceThatEndsInsideAFloatIsRefused() {
    Source source =
        new Source() {
          @Override
          public void read(String name, Sink sink) {
            sink.accept(tensors.get(name).data().asSlice(0, 6));
            sink.accept(tensors.get(name).data().asSlice(6));
          }
        };
    assertRefused(
        "a piece of parameter embedding.weight has 6 bytes, which are no whole floats", source);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 64})
  void piecesOfAnySizeAndAlignmentGiveTheSameWeights(int piece) {
    Source source =
        new Source() {
          @Override
          public void read(String name, Sink sink) {
            MemorySegment data = tensors.get(name).data();
            MemorySegment unaligned = Arena.ofAuto().allocate(data.byteSize() + 1).asSlice(1);
            unaligned.copyFrom(data);
            for (long at = 0; at < data.byteSize(); at += (long) piece * Float.BYTES) {
              long size = Math.min((long) piece * Float.BYTES, data.byteSize() - at);
              sink.accept(unaligned.asSlice(at, size));
            }
          }
        };
    try (Network network = builder().build(source)) {
      weights()
          .forEach((name, tensor) ->
              assertArrayEquals(tensor.toArray(), network.parameter(name).toArray(), name));
    }
  }

  @Test
  void everyParameterIsReadOnce() {
    List<String> reads = new ArrayList<>();
    Source source =
        new Source() {
          @Override
          public void read(String name, Sink sink) {
            reads.add(name);
            super.read(name, sink);
          }
        };
    try (Network network = builder().build(source)) {
      assertEquals(
          network.parameters().stream().map(Parameter::name).sorted().toList(),
          reads.stream().sorted().toList());
    }
  }

  @Test
  void aFailureOfTheSourcePassesThroughAndNoMemoryIsKept() {
    RuntimeException failure = new IllegalStateException("the checksum is wrong");
    Source source =
        new Source() {
          @Override
          public void read(String name, Sink sink) {
            if (name.equals("large.bias")) {
              throw failure;
            }
            super.read(name, sink);
          }
        };
    Network.Builder large = builder().add(new Layer.Linear("large", 2, 500_000, true));
    source.tensors.putAll(RandomWeights.of(large.parameters(), 1));
    long before = JvmCounters.offHeapBytes();

    assertSame(failure, assertThrows(RuntimeException.class, () -> large.build(source)));

    long kept = JvmCounters.offHeapBytes() - before;
    assertTrue(kept < 1_000_000, () -> kept + " bytes are kept");
  }

  private static void assertRefused(String sentence, WeightSource source) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> builder().build(source));
    assertEquals(sentence, e.getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;
import org.lstm4j.format.v1.StateHeader;

class StateFileTest {
  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("session.state");
  }

  /** An LSTMCell at the root, two stacked layers with projections, a GRU and an LSTM. */
  private static Network network() {
    return TestNetworks.network(
        new Layer.Lstm("", 2, 3, 1, true, false, 0, true),
        new Layer.Lstm("stack", 3, 5, 2, true, true, 4, false),
        Layer.Gru.of("gru", 8, 3),
        Layer.Lstm.of("last", 3, 1));
  }

  private static State state(Network network, int batch) {
    State state = State.zeros(network, batch);
    SplittableRandom random = new SplittableRandom(7);
    for (String layer : state.layers()) {
      fill(state.h(layer), random);
      if (state.hasCellState(layer)) {
        fill(state.c(layer), random);
      }
    }
    return state;
  }

  private static void fill(float[] values, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void whatWasWrittenIsReadToTheBit(int batch) throws IOException {
    try (Network network = network()) {
      State written = state(network, batch);
      StateFile.write(written, path);
      State read = StateFile.read(path, network);
      assertEquals(batch, read.batch());
      assertEquals(written.layers(), read.layers());
      for (String layer : written.layers()) {
        assertEqualBits(written.h(layer), read.h(layer));
        if (written.hasCellState(layer)) {
          assertEqualBits(written.c(layer), read.c(layer));
        }
      }
    }
  }

  private static void assertEqualBits(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    assertEquals(-1, MemorySegment.ofArray(expected).mismatch(MemorySegment.ofArray(actual)));
  }

  @Test
  void equalStatesGiveEqualFiles() throws IOException {
    Path copy = directory.resolve("copy.state");
    try (Network network = network()) {
      StateFile.write(state(network, 2), path);
      StateFile.write(StateFile.read(path, network), copy);
    }
    assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(copy));
  }

  @Test
  void aNetworkWithoutRecurrentLayersHasAStateToo() throws IOException {
    try (Network network = TestNetworks.smallest()) {
      StateFile.write(State.zeros(network, 9), path);
      assertEquals(9, StateFile.read(path, network).batch());
    }
  }

  @Test
  void aFlippedBitInAnyByteIsNoticed() throws IOException {
    try (Network network = TestNetworks.network(Layer.Lstm.of("lstm", 1, 3))) {
      StateFile.write(state(network, 1), path);
      byte[] intact = Files.readAllBytes(path);
      for (int i = 0; i < intact.length; i++) {
        byte[] damaged = intact.clone();
        damaged[i] ^= (byte) (1 << i % 8);
        Files.write(path, damaged);
        assertThrows(ModelFormatException.class, () -> StateFile.read(path, network), "byte " + i);
      }
    }
  }

  static Stream<Arguments> otherNetworks() {
    return Stream.of(
        arguments(Layer.Lstm.of("lstm", 4, 3), "shape [1, 2, 2], but [1, 2, 3] is needed"),
        arguments(Layer.Lstm.of("lstm", 4, 99), "too few for 2 batch rows"),
        arguments(Layer.Lstm.of("rnn", 4, 2), "tensor rnn.h is missing"),
        arguments(Layer.Gru.of("lstm", 4, 2), "lstm.c is not needed"),
        arguments(new Layer.Linear("lstm", 4, 2, true), "lstm.h is not needed"),
        arguments(
            new Layer.Lstm("lstm", 4, 2, 1, true, false, 0, true), "shape [1, 2, 2], but [2, 2]"));
  }

  @ParameterizedTest
  @MethodSource("otherNetworks")
  void theStateOfAnotherNetworkIsRefused(Layer other, String words) throws IOException {
    try (Network network = TestNetworks.network(Layer.Lstm.of("lstm", 4, 2))) {
      StateFile.write(State.zeros(network, 2), path);
    }
    try (Network network = TestNetworks.network(other)) {
      assertRefused(network, words);
    }
  }

  @Test
  void aModelFileIsNoStateFile() throws IOException {
    try (Network network = TestNetworks.small()) {
      ModelFile.write(network, path);
      assertRefused(network, "this is an .l4j model file, not an lstm4j state file");
    }
  }

  static Stream<Arguments> brokenHeaders() {
    return Stream.of(
        header("batch is 0", StateHeader.Builder::clearBatch),
        header("batch is 4294967295", h -> h.setBatch(-1)),
        header("too few for 2147483647 batch rows", h -> h.setBatch(Integer.MAX_VALUE)),
        header("version 4", h -> h.setFormatVersion(4).setMinimumReaderVersion(4)),
        header("tensor layout", StateHeader.Builder::clearTensorLayout),
        header("lstm.c", h -> h.getTensorsBuilder(1).setOffset(0)));
  }

  private static Arguments header(String expected, Consumer<StateHeader.Builder> change) {
    return arguments(expected, change);
  }

  @ParameterizedTest
  @MethodSource("brokenHeaders")
  void aHeaderThatBreaksARuleIsRefused(String expected, Consumer<StateHeader.Builder> change)
      throws IOException {
    try (Network network = TestNetworks.network(Layer.Lstm.of("lstm", 1, 3))) {
      StateFile.write(State.zeros(network, 1), path);
      org.lstm4j.format.v1.State file =
          org.lstm4j.format.v1.State.parseFrom(Files.readAllBytes(path));
      StateHeader.Builder header = file.getHeader().toBuilder();
      change.accept(header);
      HostileModel.write(path, header.build().toByteArray(), file.getValues().toByteArray());
      assertRefused(network, expected);
    }
  }

  private void assertRefused(Network network, String words) {
    Refusals.assertRefused(path, () -> StateFile.read(path, network), words);
  }
}

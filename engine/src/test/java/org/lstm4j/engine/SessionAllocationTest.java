// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.kernel.OrdinaryStart;

/**
 * Once warm, a session allocates nothing: exactly 0 bytes. All networks run in one JVM, one after
 * the other, because what the compiler learnt from one may spoil the next.
 *
 * <p>A vector kernel that falls out of line boxes its vectors, so this test sees it too.
 */
@ExtendWith(OrdinaryStart.class)
class SessionAllocationTest {
  private static final int RUN_STEPS = 6;
  private static final int BATCH = 2;

  /** Floating-point operations of a window: enough steps to be compiled, few enough to be quick. */
  private static final long WINDOW_FLOPS = 4_000_000;

  static Stream<NetworkCase> sizes() {
    return IntStream.of(1, 4, 8, 20, 40, 64, 128, 256, 512)
        .mapToObj(size -> NetworkCase.of("hidden size " + size, Layer.Lstm.of("lstm", 1, size)));
  }

  static Stream<NetworkCase> kinds() {
    return Stream.concat(
        Stream.of(allActivations()), NetworkCase.all().filter(SessionAllocationTest::isAKind));
  }

  private static NetworkCase allActivations() {
    List<Layer> activations =
        NetworkCase.all()
            .map(networkCase -> networkCase.layers().getFirst())
            .filter(Layer.Activation.class::isInstance)
            .toList();
    return NetworkCase.of("all activations", activations.toArray(Layer[]::new));
  }

  /** Not the single layers, but for those that have every option. */
  static boolean isAKind(NetworkCase networkCase) {
    return networkCase.layers().size() > 1
        || (networkCase.layers().getFirst() instanceof Layer.Recurrent recurrent
            && recurrent.numLayers() > 1
            && recurrent.bidirectional()
            && (!(recurrent instanceof Layer.Lstm)
                || recurrent.hiddenSize() > recurrent.hiddenOutputSize()));
  }

  @ParameterizedTest
  @Tag("numeric")
  @Tag("composition")
  @MethodSource("sizes")
  void aStepOfAnySizeAllocatesNothing(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession()) {
      float[] x = new float[network.inputSize()];
      float[] y = new float[network.outputSize()];
      assertAllocatesNothing(session, 1, () -> session.step(x, y));
    }
  }

  static Stream<NetworkCase> cells() {
    return CellCases.alone();
  }

  @ParameterizedTest
  @Tag("numeric")
  @Tag("composition")
  @MethodSource("cells")
  void aStepOfNoCellAllocates(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession()) {
      float[] x = new float[network.inputSize()];
      float[] y = new float[network.outputSize()];
      assertAllocatesNothing(session, 1, () -> session.step(x, y));
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aRunWithLengthsAllocatesNothing(NetworkCase networkCase) {
    int[] lengths = {2, RUN_STEPS - 1};
    try (Network network = networkCase.build();
        Session session = network.newSession(SessionOptions.defaults().withBatch(BATCH))) {
      Sequence sequence = Sequence.random(network, RUN_STEPS, BATCH, 12);
      float[] ys = new float[session.outputSteps(RUN_STEPS) * BATCH * network.outputSize()];
      assertAllocatesNothing(
          session,
          RUN_STEPS * BATCH,
          sequence.tokens() != null
              ? () -> session.run(sequence.tokens(), RUN_STEPS, lengths, ys)
              : () -> session.run(sequence.vectors(), RUN_STEPS, lengths, ys));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void noKindOfNetworkAllocates(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession(SessionOptions.defaults().withBatch(BATCH));
        Arena arena = Arena.ofConfined()) {
      Sequence sequence = Sequence.random(network, RUN_STEPS, BATCH, 10);
      float[] ys = new float[session.outputSteps(RUN_STEPS) * BATCH * network.outputSize()];
      MemorySegment xsSegment =
          arena.allocate(
              4L
                  * (sequence.tokens() != null
                      ? sequence.tokens().length
                      : sequence.vectors().length));
      MemorySegment ysSegment = arena.allocate(4L * ys.length);
      Runnable overArrays =
          sequence.tokens() != null
              ? () -> session.run(sequence.tokens(), RUN_STEPS, ys)
              : () -> session.run(sequence.vectors(), RUN_STEPS, ys);
      assertAllocatesNothing(session, RUN_STEPS * BATCH, overArrays);
      assertAllocatesNothing(
          session, RUN_STEPS * BATCH, () -> session.run(xsSegment, RUN_STEPS, ysSegment));
    }
  }

  /** Fails unless some windows of calls in succession allocate nothing, after any warming up. */
  private static void assertAllocatesNothing(Session session, int rows, Runnable call) {
    session.warmUp();
    Network network = session.network();
    long calls = Math.clamp(WINDOW_FLOPS / (rows * (1 + network.flopsPerStep())), 4, 1000 / rows);
    JvmCounters.assertBecomesFree(calls, call);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.JvmCounters;

@Tag("numeric")
@Tag("vector")
@EnabledIf("vectorModuleIsPresent")
class VectorMathTest {

  private static final int LARGE_SAMPLE = 100_000;

  /** Vectors that the machine has not are emulated, some thousand times slower. */
  private static final int SMALL_SAMPLE = 1_000;

  private static final int MAX_PASSES = 500;
  private static final int MAX_ATTEMPTS = 5;

  static boolean vectorModuleIsPresent() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  static Stream<Arguments> functionsAndLanes() {
    return Arrays.stream(ElementaryFunction.values())
        .flatMap(function -> Stream.of(4, 8, 16).map(lanes -> arguments(function, lanes)));
  }

  @ParameterizedTest
  @MethodSource("functionsAndLanes")
  void everyLaneHoldsTheBitsOfTheScalarTwin(ElementaryFunction function, int lanes) {
    float[] x = FloatSample.ofSize(isCompiled(lanes) ? LARGE_SAMPLE : SMALL_SAMPLE);
    float[] y = new float[x.length];

    FreshClasses.vectorLoops(function, lanes).accept(x, y);

    for (int i = 0; i < x.length; i++) {
      // One NaN is as good as another.
      int expected = Float.floatToIntBits(function.apply(x[i]));
      int at = i;
      assertEquals(
          expected,
          Float.floatToIntBits(y[i]),
          () -> "%s(%a) is %a in a vector".formatted(function, x[at], y[at]));
    }
  }

  @ParameterizedTest
  @MethodSource("functionsAndLanes")
  void aWarmLoopAllocatesNothing(ElementaryFunction function, int lanes) {
    assumeTrue(isCompiled(lanes), "this machine has no such vectors");
    // C2 decides on inlining as the profile stands when it gets to it; fresh classes, fresh
    // decision.
    // What it cannot compile without boxing fails every attempt.
    long allocated = Long.MAX_VALUE;
    for (int attempt = 0; attempt < MAX_ATTEMPTS && allocated > 0; attempt++) {
      allocated = bytesOfAWarmLoop(FreshClasses.vectorLoops(function, lanes));
    }

    assertEquals(0, allocated, "bytes allocated by 100 loops over 1024 elements");
  }

  private static long bytesOfAWarmLoop(BiConsumer<float[], float[]> loop) {
    float[] x = FloatSample.ofSize(1024);
    float[] y = new float[x.length];
    long least = Long.MAX_VALUE;
    // The compiler replaces the loop at a time of its own: the first pass without garbage ends it.
    for (int pass = 0; pass < MAX_PASSES && least > 0; pass++) {
      long before = JvmCounters.allocatedBytes();
      for (int i = 0; i < 100; i++) {
        loop.accept(x, y);
      }
      least = Math.min(least, JvmCounters.allocatedBytes() - before);
    }
    return least;
  }

  private static boolean isCompiled(int lanes) {
    return lanes <= VectorLoops.preferredLanes() && Vectors.comparisonsAreCompiled();
  }
}

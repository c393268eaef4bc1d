// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Team;

@Tag("numeric")
class TransposedMatrixTest {
  static Stream<PackedGates> layouts() {
    return Stream.of(1, 3, 4)
        .flatMap(gates ->
            Stream.of(1, 5, 16, 33)
                .flatMap(units ->
                    Stream.of(1, 7, 40).map(inputs -> new PackedGates(gates, units, inputs, 8))));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void eachWeightStandsWhereAPackedRowMeetsIt(PackedGates forward) {
    try (Arena arena = Arena.ofConfined();
        Team team = new Team(1)) {
      SessionKernels kernels = new SessionKernels(1, Set.of());
      TransposedMatrix transposed =
          new TransposedMatrix(forward, new Resources(arena, kernels, team, true));
      int rows = forward.gates() * forward.units();
      float[] first = new float[rows * forward.inputs()];
      Arrays.fill(first, -1);
      transposed.refresh(MemorySegment.ofArray(first));
      float[] values = new float[first.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = i + 1;
      }

      transposed.refresh(MemorySegment.ofArray(values));

      assertTransposed(forward, values, unpacked(transposed));
    }
  }

  private static float[] unpacked(TransposedMatrix transposed) {
    PackedGates layout = transposed.matrix().layout();
    float[] matrix = new float[layout.units() * layout.inputs()];
    MemorySegment target = MemorySegment.ofArray(matrix);
    layout.unpack(transposed.matrix().weights(), target);
    return target.toArray(JAVA_FLOAT);
  }

  /** Of [inputs, packed row], with zeros for padding. */
  private static void assertTransposed(PackedGates forward, float[] values, float[] actual) {
    float[] expected = new float[forward.inputs() * forward.rowFloats()];
    for (int gate = 0; gate < forward.gates(); gate++) {
      for (int unit = 0; unit < forward.units(); unit++) {
        for (int input = 0; input < forward.inputs(); input++) {
          int row = gate * forward.units() + unit;
          expected[input * forward.rowFloats() + forward.rowIndex(gate, unit)] =
              values[row * forward.inputs() + input];
        }
      }
    }
    assertEquals(Arrays.toString(expected), Arrays.toString(actual));
  }
}

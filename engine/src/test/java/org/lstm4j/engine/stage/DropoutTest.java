// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.JvmCounters;
import org.lstm4j.engine.kernel.SessionKernels;

@Tag("numeric")
class DropoutTest {
  private static final int ROWS = 50;
  private static final int FEATURES = 203;

  private final Arena arena = Arena.ofShared();
  private final List<Team> teams = new ArrayList<>();

  @AfterEach
  void free() {
    teams.forEach(Team::close);
    arena.close();
  }

  @Test
  void philoxGivesTheNumbersOfItsAuthors() {
    // Random123's known answers, philox4x32 of 10 rounds.
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, philox(0, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, philox(-1, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        philox(0x85a308d3_243f6a88L, 0x03707344_13198a2eL, 0x299f31d0_a4093822L));
  }

  private static int[] philox(long counter0, long counter1, long key) {
    int[] out = new int[Philox.BLOCK];
    Philox.block(counter0, counter1, key, out);
    return out;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void aShareOfFeaturesIsDroppedAndTheOthersAreScaled(double p) {
    float[] dropped = drop(p, 1, 0, 1, 1);
    int zeros = 0;
    for (float value : dropped) {
      assertTrue(value == 0 || value == (float) (1 / (1 - p)), "value " + value);
      zeros += value == 0 ? 1 : 0;
    }
    double deviation = Math.sqrt(p * (1 - p) * dropped.length);
    assertEquals(p * dropped.length, zeros, 5 * deviation);
  }

  @Test
  void noneOrAllAreDroppedAtTheEnds() {
    float[] ones = new float[ROWS * FEATURES];
    Arrays.fill(ones, 1);
    assertArrayEquals(ones, drop(0, 1, 0, 1, 1));
    assertArrayEquals(new float[ROWS * FEATURES], drop(1, 1, 0, 1, 1));
  }

  @Test
  void whatIsDroppedDependsOnSeedLayerAndPositionAlone() {
    float[] dropped = drop(0.5, 1, 0, 1, 1);
    assertArrayEquals(dropped, drop(0.5, 1, 0, 1, 2));
    assertFalse(Arrays.equals(dropped, drop(0.5, 2, 0, 1, 1)));
    assertFalse(Arrays.equals(dropped, drop(0.5, 1, 1, 1, 1)));
    assertFalse(Arrays.equals(dropped, drop(0.5, 1, 0, 2, 1)));
  }

  @Test
  void rowsDropDifferentFeatures() {
    float[] dropped = drop(0.5, 1, 0, 1, 1);
    float[] first = Arrays.copyOf(dropped, FEATURES);
    assertFalse(Arrays.equals(first, Arrays.copyOfRange(dropped, FEATURES, 2 * FEATURES)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void aProbabilityThatIsNoneIsRefused(double p) {
    assertThrows(IllegalArgumentException.class, () -> dropout(p, 1, 0, 1));
  }

  @Test
  void droppingAllocatesNothing() {
    Dropout dropout = dropout(0.5, 1, 0, 1);
    Rows rows = Rows.allocate(arena, 2, FEATURES);
    JvmCounters.assertBecomesFree(() -> {
      dropout.draw(3, 2);
      dropout.apply(rows, rows);
    });
  }

  /** What is made of ones. */
  private float[] drop(double p, long seed, int layer, long position, int threads) {
    Rows rows = Rows.allocate(arena, ROWS, FEATURES);
    for (int i = 0; i < ROWS * FEATURES; i++) {
      rows.data().set(JAVA_FLOAT, at(rows, i), 1);
    }
    Dropout dropout = dropout(p, seed, layer, threads);
    dropout.draw(position, ROWS);
    dropout.apply(rows, rows);
    float[] result = new float[ROWS * FEATURES];
    for (int i = 0; i < result.length; i++) {
      result[i] = rows.data().get(JAVA_FLOAT, at(rows, i));
    }
    return result;
  }

  private static long at(Rows rows, int i) {
    return rows.offset(i / FEATURES) + (long) (i % FEATURES) * Float.BYTES;
  }

  private Dropout dropout(double p, long seed, int layer, int threads) {
    Team team = new Team(threads);
    teams.add(team);
    SessionKernels kernels = new SessionKernels(threads, new HashSet<>());
    Resources resources = new Resources(arena, kernels, team, false);
    Dropout dropout = new Dropout(p, seed, layer, FEATURES, ROWS, resources);
    kernels.start();
    return dropout;
  }
}

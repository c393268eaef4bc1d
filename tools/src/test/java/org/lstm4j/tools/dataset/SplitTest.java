// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
  @Test
  void byTimeTheTrainingWindowsEndBeforeWhatValidationIsHeldAgainst() {
    // Rows 0 to 7 train, 8 and 9 are what validation windows are held against.
    Split.Parts parts = new Split.ByTime(0.2).windows(10, 3, 1);

    assertArrayEquals(new int[] {0, 1, 2, 3, 4}, parts.training());
    assertArrayEquals(new int[] {5, 6}, parts.validation());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void byTimeNoRowIsHeldAgainstInBothParts(int horizon) {
    Split.Parts parts = new Split.ByTime(0.3).windows(100, 7, horizon);

    int lastLearnt = Arrays.stream(parts.training()).max().orElseThrow() + 7 + horizon - 1;
    int firstValidated = Arrays.stream(parts.validation()).min().orElseThrow() + 7;
    assertEquals(69, lastLearnt);
    assertEquals(70, firstValidated);
    assertEquals(100 - 7 - horizon, parts.validation()[parts.validation().length - 1]);
  }

  @Test
  void atRandomEveryWindowIsInOnePart() {
    Split.Parts parts = new Split.AtRandom(0.2, 7).windows(199, 5, 2);

    assertEquals(39, parts.validation().length);
    int[] both =
        IntStream.concat(Arrays.stream(parts.training()), Arrays.stream(parts.validation()))
            .sorted()
            .toArray();
    assertArrayEquals(IntStream.range(0, 193).toArray(), both);
  }

  @Test
  void aSeedGivesTheSamePartsAgainAndAnotherSeedOthers() {
    int[] first = new Split.AtRandom(0.2, 7).windows(199, 5, 2).validation();

    assertArrayEquals(first, new Split.AtRandom(0.2, 7).windows(199, 5, 2).validation());
    assertFalse(Arrays.equals(first, new Split.AtRandom(0.2, 8).windows(199, 5, 2).validation()));
  }

  @Test
  void withAShareOfZeroAllIsForTraining() {
    assertEquals(7, new Split.ByTime(0).windows(10, 3, 1).training().length);
    assertEquals(0, new Split.ByTime(0).windows(10, 3, 1).validation().length);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void aShareIsFromZeroToLessThanOne(double share) {
    assertThrows(IllegalArgumentException.class, () -> new Split.ByTime(share));
    assertThrows(IllegalArgumentException.class, () -> new Split.AtRandom(share, 1));
  }
}

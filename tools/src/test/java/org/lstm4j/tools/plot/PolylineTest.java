// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class PolylineTest {
  private static final float NAN = Float.NaN;

  @Test
  void keepsEveryPointOfAShortSeries() {
    Polyline line = Polyline.through(new float[] {3, 1, 2, 4}, 2);

    assertArrayEquals(new double[] {0, 1, 2, 3}, line.x());
    assertArrayEquals(new double[] {3, 1, 2, 4}, line.y());
  }

  @Test
  void keepsTheExtremesOfEachStretchInTheirOrder() {
    Polyline line = Polyline.through(new float[] {2, 9, 3, -1, 5, 0, 7, 6}, 2);

    assertArrayEquals(new double[] {1, 3, 5, 6}, line.x());
    assertArrayEquals(new double[] {9, -1, 0, 7}, line.y());
  }

  @Test
  void makesAGapOfAStretchOnlyIfNothingInItIsFinite() {
    Polyline line = Polyline.through(new float[] {NAN, 2, NAN, 1, NAN, 1 / 0f, NAN, NAN}, 2);

    assertArrayEquals(new double[] {2, 1, Double.NaN, Double.NaN}, line.y());
    assertArrayEquals(new double[] {2, 1}, line.values().toArray());
  }
}

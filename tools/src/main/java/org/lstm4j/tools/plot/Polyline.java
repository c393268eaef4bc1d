// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The points of a line. */
final class Polyline {
  private final double[] x;
  private final double[] y;

  private Polyline(double[] x, double[] y) {
    this.x = x;
    this.y = y;
  }

  /**
   * Returns the line through a series, thinned out where that is long: it is cut into stretches, of
   * each of which the least and the greatest value stay, in their order. As long as a stretch is no
   * wider than a pixel this looks the same, and takes no more time for a longer series.
   *
   * @param values one a time step; what is not finite becomes a gap
   * @param stretches how many to cut a long series into
   */
  static Polyline through(float[] values, int stretches) {
    double[] y = new double[values.length];
    for (int step = 0; step < y.length; step++) {
      y[step] = Float.isFinite(values[step]) ? values[step] : Double.NaN;
    }
    IntStream kept =
        y.length <= 2 * stretches
            ? IntStream.range(0, y.length)
            : IntStream.range(0, stretches).flatMap(stretch -> extremes(y, stretch, stretches));
    int[] steps = kept.toArray();
    return new Polyline(
        Arrays.stream(steps).asDoubleStream().toArray(),
        Arrays.stream(steps).mapToDouble(step -> y[step]).toArray());
  }

  /** Returns the time step of each point, ascending; not a copy. */
  double[] x() {
    return x;
  }

  /** Returns the value of each point, NaN for a gap; not a copy. */
  double[] y() {
    return y;
  }

  /** Returns the values that are no gaps. */
  DoubleStream values() {
    return Arrays.stream(y).filter(Double::isFinite);
  }

  private static IntStream extremes(double[] y, int stretch, int stretches) {
    int from = (int) ((long) y.length * stretch / stretches);
    int to = (int) ((long) y.length * (stretch + 1) / stretches);
    int least = from;
    int greatest = from;
    for (int step = from + 1; step < to; step++) {
      if (y[step] < y[least] || Double.isNaN(y[least])) {
        least = step;
      }
      if (y[step] > y[greatest] || Double.isNaN(y[greatest])) {
        greatest = step;
      }
    }
    return IntStream.of(Math.min(least, greatest), Math.max(least, greatest));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.util.stream.IntStream;

/** Floats of every sign, exponent and kind, NaN, infinities, zeros and subnormals included. */
final class FloatSample {

  /** Bit patterns around which functions change their ways. */
  private static final int[] SPECIAL = {
    0, // zero
    1, // smallest subnormal
    0x007f_ffff, // largest subnormal
    0x0080_0000, // smallest normal
    0x3f35_04f3, // √½, where log changes its exponent
    0x3f80_0000, // one
    0x4075_1eb8, // saturation of erf
    0x418a_a123, // expm1 reaches -1
    0x410a_a124, // saturation of tanh
    0x42ae_ac4f, // exp reaches the smallest normal float
    0x42b1_7217, // exp reaches the largest float
    0x7f7f_ffff, // largest
    0x7f80_0000, // infinity
    0x7f80_0001, // signalling NaN
    0x7fff_ffff // quiet NaN with every payload bit
  };

  private FloatSample() {}

  /**
   * About size floats, a multiple of 16: evenly spread over the bit patterns, and the special ones
   * with their neighbours, of both signs.
   */
  static float[] ofSize(int size) {
    int stride = (int) ((1L << 32) / size) | 1;
    IntStream even = IntStream.iterate(Integer.MIN_VALUE, bits -> bits + stride).limit(size);
    IntStream special =
        IntStream.of(SPECIAL)
            .flatMap(bits -> IntStream.rangeClosed(bits - 4, bits + 4))
            .flatMap(bits -> IntStream.of(bits, bits ^ Integer.MIN_VALUE));
    int[] all = IntStream.concat(special, even).toArray();
    float[] sample = new float[all.length / 16 * 16];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = Float.intBitsToFloat(all[i]);
    }
    return sample;
  }
}

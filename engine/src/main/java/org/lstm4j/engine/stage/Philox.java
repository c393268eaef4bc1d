// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/**
 * The counter-based random numbers Philox4x32-10: each is a function of key and counter alone
 * (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011).
 */
final class Philox {
  /** Numbers that one counter gives. */
  static final int BLOCK = 4;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFF_FFFFL;

  private Philox() {}

  /**
   * Gives the four numbers of a counter, of 32 random bits each.
   *
   * @param counter0 the first two words of the counter, the first one low
   * @param counter1 the last two
   * @param key two words
   * @param out receives them
   */
  static void block(long counter0, long counter1, long key, int[] out) {
    int c0 = (int) counter0;
    int c1 = (int) (counter0 >>> 32);
    int c2 = (int) counter1;
    int c3 = (int) (counter1 >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW);
      long product1 = MULTIPLIER_1 * (c2 & LOW);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }
}

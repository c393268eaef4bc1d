// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import org.lstm4j.tools.checkpoint.Refusal;

/**
 * One pass over a pickle's opcodes that builds nothing. A pickle that passes can be given to the
 * unpickler: whatever it does, the memory it takes is bounded by the limits below.
 */
final class PickleScan {
  /**
   * The pickle of a checkpoint has about 150 bytes a tensor; the rest is room for what is beside.
   */
  static final int MAX_BYTES = 32 << 20;

  // One opcode makes at most one small object (a hundred bytes with its place in a collection), so
  // that this many fit in a heap of 256 MiB. A tensor takes some thirty.
  private static final int MAX_OPCODES = 1_000_000;

  // Names of modules and functions, and integers in text.
  private static final int MAX_LINE = 256;

  // Of protocol 0 alone: PUT, GET, STRING, UNICODE, FLOAT, PERSID.
  private static final String TEXT_OPCODES = "pgSVFP";

  // Integers of more than 64 bits stand for nothing in a checkpoint but seeds and the like; making
  // decimal text of huge ones takes quadratic time.
  private static final int MAX_INTEGER_BYTES = 256;

  private final byte[] pickle;
  private final String what;
  private int position;

  private PickleScan(byte[] pickle, int start, String what) {
    this.pickle = pickle;
    this.what = what;
    position = start;
  }

  /**
   * Checks a pickle from its first opcode to STOP.
   *
   * @param bytes with the pickle in them
   * @param start where it begins
   * @param what the pickle, for sentences
   * @return where it ends
   * @throws Refusal if a rule is broken
   */
  static int check(byte[] bytes, int start, String what) {
    PickleScan scan = new PickleScan(bytes, start, what);
    scan.check();
    return scan.position;
  }

  private void check() {
    for (int count = 0; count < MAX_OPCODES; count++) {
      int code = (int) unsigned(1);
      PickleOpcode opcode = PickleOpcode.of(code);
      Refusal.require(
          opcode != null,
          "has opcode 0x%02x at byte %d of %s, %s; save the weights again with"
              + " torch.save(model.state_dict(), PATH)",
          code,
          position - 1,
          what,
          TEXT_OPCODES.indexOf(code) < 0
              ? "which torch.save does not write"
              : "of pickle protocol 0, which torch.load does not read either");
      if (opcode == PickleOpcode.STOP) {
        return;
      }
      skip(opcode);
    }
    throw new Refusal(
        "has more than %d steps in %s, which no state dict needs; save the weights alone"
            + " with torch.save(model.state_dict(), PATH)",
        MAX_OPCODES, what);
  }

  private void skip(PickleOpcode opcode) {
    switch (opcode.argument()) {
      case NONE -> {}
      case ONE_BYTE -> advance(1);
      case TWO_BYTES -> advance(2);
      case FOUR_BYTES -> advance(4);
      case EIGHT_BYTES -> advance(8);
      case LINE -> skipLine();
      case TWO_LINES -> {
        skipLine();
        skipLine();
      }
      case COUNTED_1 -> advance(unsigned(1));
      case COUNTED_4 -> advance(unsigned(4));
      case COUNTED_8 -> advance(unsigned(8));
      case INTEGER_1 -> skipInteger(unsigned(1));
      case INTEGER_4 -> skipInteger(unsigned(4));
      case FRAME_LENGTH -> requireLeft(unsigned(8));
    }
  }

  private void skipInteger(long bytes) {
    Refusal.require(
        bytes <= MAX_INTEGER_BYTES,
        "has an integer of %d bytes at byte %d of %s, which no state dict needs; the file is"
            + " damaged or hostile",
        bytes,
        position,
        what);
    advance(bytes);
  }

  private void skipLine() {
    int end = Math.min(pickle.length, position + MAX_LINE);
    for (int i = position; i < end; i++) {
      if (pickle[i] == '\n') {
        position = i + 1;
        return;
      }
    }
    throw new Refusal(
        "has an unfinished line at byte %d of %s; the file is damaged", position, what);
  }

  /** The next bytes as a little-endian number; of eight bytes the highest bit makes it negative. */
  private long unsigned(int bytes) {
    int start = position;
    advance(bytes);
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = (value << 8) | (pickle[start + i] & 0xff);
    }
    return value;
  }

  private void advance(long bytes) {
    requireLeft(bytes);
    position += (int) bytes;
  }

  private void requireLeft(long bytes) {
    Refusal.require(
        0 <= bytes && bytes <= pickle.length - position,
        "claims %s bytes at byte %d of %s, where %d are left; the file is truncated or"
            + " damaged",
        Long.toUnsignedString(bytes),
        position,
        what,
        pickle.length - position);
  }
}

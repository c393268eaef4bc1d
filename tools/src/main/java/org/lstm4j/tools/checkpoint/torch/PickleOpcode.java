// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

/**
 * The pickle opcodes that torch.save writes, for plain data in any protocol from 1 to 5, and what
 * follows each in the stream (Python's {@code pickletools}). Left out on purpose: extension
 * registry, out-of-band buffers, and the text opcodes of protocol 0, which cannot refer to a
 * storage.
 */
enum PickleOpcode {
  MARK('(', Argument.NONE),
  STOP('.', Argument.NONE),
  POP('0', Argument.NONE),
  POP_MARK('1', Argument.NONE),
  DUP('2', Argument.NONE),
  NONE('N', Argument.NONE),
  NEWTRUE(0x88, Argument.NONE),
  NEWFALSE(0x89, Argument.NONE),
  INT('I', Argument.LINE),
  BININT('J', Argument.FOUR_BYTES),
  BININT1('K', Argument.ONE_BYTE),
  BININT2('M', Argument.TWO_BYTES),
  LONG('L', Argument.LINE),
  LONG1(0x8a, Argument.INTEGER_1),
  LONG4(0x8b, Argument.INTEGER_4),
  BINFLOAT('G', Argument.EIGHT_BYTES),
  BINUNICODE('X', Argument.COUNTED_4),
  SHORT_BINUNICODE(0x8c, Argument.COUNTED_1),
  BINUNICODE8(0x8d, Argument.COUNTED_8),
  BINSTRING('T', Argument.COUNTED_4),
  SHORT_BINSTRING('U', Argument.COUNTED_1),
  BINBYTES('B', Argument.COUNTED_4),
  SHORT_BINBYTES('C', Argument.COUNTED_1),
  BINBYTES8(0x8e, Argument.COUNTED_8),
  BYTEARRAY8(0x96, Argument.COUNTED_8),
  EMPTY_LIST(']', Argument.NONE),
  LIST('l', Argument.NONE),
  APPEND('a', Argument.NONE),
  APPENDS('e', Argument.NONE),
  EMPTY_TUPLE(')', Argument.NONE),
  TUPLE('t', Argument.NONE),
  TUPLE1(0x85, Argument.NONE),
  TUPLE2(0x86, Argument.NONE),
  TUPLE3(0x87, Argument.NONE),
  EMPTY_DICT('}', Argument.NONE),
  DICT('d', Argument.NONE),
  SETITEM('s', Argument.NONE),
  SETITEMS('u', Argument.NONE),
  EMPTY_SET(0x8f, Argument.NONE),
  ADDITEMS(0x90, Argument.NONE),
  FROZENSET(0x91, Argument.NONE),
  BINGET('h', Argument.ONE_BYTE),
  LONG_BINGET('j', Argument.FOUR_BYTES),
  BINPUT('q', Argument.ONE_BYTE),
  LONG_BINPUT('r', Argument.FOUR_BYTES),
  MEMOIZE(0x94, Argument.NONE),
  PROTO(0x80, Argument.ONE_BYTE),
  FRAME(0x95, Argument.FRAME_LENGTH),
  GLOBAL('c', Argument.TWO_LINES),
  STACK_GLOBAL(0x93, Argument.NONE),
  REDUCE('R', Argument.NONE),
  BUILD('b', Argument.NONE),
  NEWOBJ(0x81, Argument.NONE),
  NEWOBJ_EX(0x92, Argument.NONE),
  INST('i', Argument.TWO_LINES),
  OBJ('o', Argument.NONE),
  BINPERSID('Q', Argument.NONE);

  /** What follows an opcode. */
  enum Argument {
    NONE,
    ONE_BYTE,
    TWO_BYTES,
    FOUR_BYTES,
    EIGHT_BYTES,
    /** Text to the end of the line. */
    LINE,
    TWO_LINES,
    /** A count of one byte and that many bytes. */
    COUNTED_1,
    COUNTED_4,
    COUNTED_8,
    /** The same, with an integer in the bytes. */
    INTEGER_1,
    INTEGER_4,
    /** Eight bytes: how many the following opcodes take. */
    FRAME_LENGTH
  }

  private static final PickleOpcode[] BY_CODE = new PickleOpcode[256];

  static {
    for (PickleOpcode opcode : values()) {
      BY_CODE[opcode.code] = opcode;
    }
  }

  private final int code;
  private final Argument argument;

  PickleOpcode(int code, Argument argument) {
    this.code = code;
    this.argument = argument;
  }

  /** The opcode of a byte in [0, 255], or {@code null} if it is none of these. */
  static PickleOpcode of(int code) {
    return BY_CODE[code];
  }

  /** The byte in the stream. */
  int code() {
    return code;
  }

  Argument argument() {
    return argument;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A serialized protobuf message, whose fields are read by number as a protobuf parser reads them:
 * of several values of a field the last one counts, several messages of a field are merged, a field
 * that is missing is 0 or empty, and one of an unknown number or another wire type is skipped.
 *
 * <p>Reading goes without the generated classes because their first use takes a fresh JVM longer
 * than everything else that it does up to a network's first output. Their field numbers and enum
 * values are constants, and load nothing. The tests hold this class against theirs.
 */
final class WireMessage {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int START_GROUP = 3;
  private static final int END_GROUP = 4;
  private static final int FIXED32 = 5;

  /** What protobuf makes of a map: a repeated message of two fields. */
  static final int MAP_KEY_FIELD_NUMBER = 1;

  static final int MAP_VALUE_FIELD_NUMBER = 2;

  private static final int MAX_VARINT_BYTES = 10;

  /** Protobuf's own limit for messages in messages, which groups are. */
  private static final int MAX_GROUP_DEPTH = 100;

  private final ByteBuffer bytes;

  /**
   * A message that is all of the bytes.
   *
   * @throws FormatViolation if they are not fields, one after the other
   */
  WireMessage(byte[] bytes) {
    this(ByteBuffer.wrap(bytes));
  }

  private WireMessage(ByteBuffer bytes) {
    this.bytes = bytes;
    Field field = new Field(bytes);
    while (field.next()) {
      // A message that is read to its end is sound.
    }
  }

  /** Whether there is a message, a string or bytes of this number. */
  boolean has(int number) {
    return last(number, LENGTH_DELIMITED) != null;
  }

  /** Whether there is a number or an enum of this number. */
  boolean hasVarint(int number) {
    return last(number, VARINT) != null;
  }

  /** Whether there is a fixed32 of this number. */
  boolean hasFixed32(int number) {
    return last(number, FIXED32) != null;
  }

  /** How many messages or strings of this number there are; allocates nothing for each. */
  int count(int number) {
    int count = 0;
    Field field = new Field(bytes);
    while (field.next()) {
      count += field.number == number && field.wireType == LENGTH_DELIMITED ? 1 : 0;
    }
    return count;
  }

  /** The bytes of all messages or strings of this number, without their tags and lengths. */
  int contentBytes(int number) {
    int length = 0;
    Field field = new Field(bytes);
    while (field.next()) {
      if (field.number == number && field.wireType == LENGTH_DELIMITED) {
        length += (int) field.value;
      }
    }
    return length;
  }

  /**
   * The case of a oneof of messages: the number, between two, of which there is one.
   *
   * @return the number; 0 if there is none
   * @throws FormatViolation if there is more than one, of which a parser would take the last
   */
  int oneOf(int first, int last) {
    int found = 0;
    Field field = new Field(bytes);
    while (field.next()) {
      boolean inside = field.number >= first && field.number <= last;
      if (inside && field.wireType == LENGTH_DELIMITED && field.number != found) {
        require(found == 0);
        found = field.number;
      }
    }
    return found;
  }

  /** An int64; or a uint64, negative where it is 2^63 or more. */
  long uint64(int number) {
    Field field = last(number, VARINT);
    return field == null ? 0 : field.value;
  }

  /** A uint32, negative where it is 2^31 or more; or the number of an enum's value. */
  int uint32(int number) {
    return (int) uint64(number);
  }

  boolean bool(int number) {
    return uint64(number) != 0;
  }

  int fixed32(int number) {
    Field field = last(number, FIXED32);
    return field == null ? 0 : (int) field.value;
  }

  float float32(int number) {
    return Float.intBitsToFloat(fixed32(number));
  }

  double float64(int number) {
    Field field = last(number, FIXED64);
    return field == null ? 0 : Double.longBitsToDouble(field.value);
  }

  String string(int number) {
    Field field = last(number, LENGTH_DELIMITED);
    return field == null ? "" : text(field.content());
  }

  /** A repeated string. */
  List<String> strings(int number) {
    List<String> strings = new ArrayList<>();
    Field field = new Field(bytes);
    while (field.next()) {
      if (field.number == number && field.wireType == LENGTH_DELIMITED) {
        strings.add(text(field.content()));
      }
    }
    return strings;
  }

  private static String text(ByteBuffer content) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(content).toString();
    } catch (CharacterCodingException e) {
      throw damaged(e);
    }
  }

  /** All messages of this number as one; an empty one if there is none. */
  WireMessage message(int number) {
    List<ByteBuffer> parts = contents(number);
    return parts.size() == 1 ? new WireMessage(parts.getFirst()) : new WireMessage(merged(parts));
  }

  private static byte[] merged(List<ByteBuffer> parts) {
    int length = 0;
    for (ByteBuffer part : parts) {
      length += part.remaining();
    }
    ByteBuffer merged = ByteBuffer.allocate(length);
    for (ByteBuffer part : parts) {
      merged.put(part);
    }
    return merged.array();
  }

  /** A repeated message. */
  List<WireMessage> messages(int number) {
    List<WireMessage> messages = new ArrayList<>();
    for (ByteBuffer content : contents(number)) {
      messages.add(new WireMessage(content));
    }
    return messages;
  }

  private List<ByteBuffer> contents(int number) {
    List<ByteBuffer> contents = new ArrayList<>();
    Field field = new Field(bytes);
    while (field.next()) {
      if (field.number == number && field.wireType == LENGTH_DELIMITED) {
        contents.add(field.content());
      }
    }
    return contents;
  }

  /** A repeated uint64, packed or not. */
  List<Long> uint64s(int number) {
    List<Long> values = new ArrayList<>();
    Field field = new Field(bytes);
    while (field.next()) {
      if (field.number == number && field.wireType == VARINT) {
        values.add(field.value);
      } else if (field.number == number && field.wireType == LENGTH_DELIMITED) {
        ByteBuffer packed = field.content();
        while (packed.hasRemaining()) {
          values.add(varint(packed));
        }
      }
    }
    return values;
  }

  /** A repeated enum, packed or not: the numbers of its values. */
  List<Integer> enums(int number) {
    List<Integer> values = new ArrayList<>();
    for (long value : uint64s(number)) {
      values.add((int) value);
    }
    return values;
  }

  /** A repeated float, packed or not. */
  List<Float> floats(int number) {
    List<Float> values = new ArrayList<>();
    Field field = new Field(bytes);
    while (field.next()) {
      if (field.number == number && field.wireType == FIXED32) {
        values.add(Float.intBitsToFloat((int) field.value));
      } else if (field.number == number && field.wireType == LENGTH_DELIMITED) {
        ByteBuffer packed = field.content().order(ByteOrder.LITTLE_ENDIAN);
        require(packed.remaining() % Float.BYTES == 0);
        while (packed.hasRemaining()) {
          values.add(packed.getFloat());
        }
      }
    }
    return values;
  }

  /** The last field of this number and wire type, or {@code null}. */
  private Field last(int number, int wireType) {
    Field last = null;
    Field field = new Field(bytes);
    while (field.next()) {
      if (field.number == number && field.wireType == wireType) {
        last = field.copy();
      }
    }
    return last;
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      require(from.hasRemaining());
      byte next = from.get();
      value |= (next & 0x7FL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw damaged(null);
  }

  private static void require(boolean rule) {
    if (!rule) {
      throw damaged(null);
    }
  }

  private static FormatViolation damaged(Throwable cause) {
    return new FormatViolation("its header does not follow the schema; write it again", cause);
  }

  /** Goes from field to field. */
  private static final class Field {
    private final ByteBuffer from;
    private int number;
    private int wireType;

    /** Of a varint, fixed32 or fixed64 its value, of what is delimited its length. */
    private long value;

    Field(ByteBuffer message) {
      from = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private Field(Field other) {
      from = other.from.duplicate();
      number = other.number;
      wireType = other.wireType;
      value = other.value;
    }

    Field copy() {
      return new Field(this);
    }

    /** Whether there is a next field; groups, which no known field is, are skipped. */
    boolean next() {
      while (from.hasRemaining()) {
        read();
        if (wireType != START_GROUP) {
          require(wireType != END_GROUP);
          return true;
        }
        skipGroup(number, MAX_GROUP_DEPTH);
      }
      return false;
    }

    private void read() {
      int tag = (int) varint(from);
      number = tag >>> 3;
      wireType = tag & 7;
      require(number != 0);
      switch (wireType) {
        case VARINT -> value = varint(from);
        case FIXED64 -> {
          require(from.remaining() >= Long.BYTES);
          value = from.getLong();
        }
        case LENGTH_DELIMITED -> {
          value = (int) varint(from);
          require(value >= 0);
          skip(value);
        }
        case START_GROUP, END_GROUP -> {}
        case FIXED32 -> {
          require(from.remaining() >= Integer.BYTES);
          value = from.getInt();
        }
        default -> throw damaged(null);
      }
    }

    private void skip(long length) {
      require(length <= from.remaining());
      from.position(from.position() + (int) length);
    }

    private void skipGroup(int group, int depth) {
      require(depth > 0);
      read();
      while (wireType != END_GROUP) {
        if (wireType == START_GROUP) {
          skipGroup(number, depth - 1);
        }
        read();
      }
      require(number == group);
    }

    /** What a delimited field contains. */
    ByteBuffer content() {
      return from.slice(from.position() - (int) value, (int) value);
    }
  }
}

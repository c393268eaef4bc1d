// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.v1.DataType;
import org.lstm4j.format.v1.DecayOverTime;
import org.lstm4j.format.v1.Gate;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.LayerEntry;
import org.lstm4j.format.v1.Linear;
import org.lstm4j.format.v1.Lstm;
import org.lstm4j.format.v1.Normalisation;
import org.lstm4j.format.v1.TensorEntry;
import org.lstm4j.format.v1.Vocabulary;
import org.lstm4j.format.v1.WeightsOverTime;

/** The generated classes are the oracle: what they read, {@link WireMessage} reads. */
class WireMessageTest {
  private static final int UNKNOWN = 1000;

  private static final TensorEntry ENTRY =
      TensorEntry.newBuilder()
          .setName("\u0000 é € \ud83d\ude00")
          .setDataType(DataType.DATA_TYPE_FLOAT32)
          .addAllShape(List.of(0L, 300L, Long.MAX_VALUE, -1L))
          .setOffset(-64)
          .setLength(1L << 35)
          .setCrc32C(0xfedcba98)
          .build();

  /** Writes a part of a message. */
  interface Part {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] bytes(Part... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (Part part : parts) {
      part.writeTo(out);
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static void assertAlike(TensorEntry expected, byte[] serialized) {
    WireMessage actual = new WireMessage(serialized);
    assertEquals(expected.getName(), actual.string(TensorEntry.NAME_FIELD_NUMBER));
    assertEquals(expected.getDataTypeValue(), actual.uint32(TensorEntry.DATA_TYPE_FIELD_NUMBER));
    assertEquals(expected.getShapeList(), actual.uint64s(TensorEntry.SHAPE_FIELD_NUMBER));
    assertEquals(expected.getOffset(), actual.uint64(TensorEntry.OFFSET_FIELD_NUMBER));
    assertEquals(expected.getLength(), actual.uint64(TensorEntry.LENGTH_FIELD_NUMBER));
    assertEquals(expected.hasCrc32C(), actual.hasFixed32(TensorEntry.CRC32C_FIELD_NUMBER));
    assertEquals(expected.getCrc32C(), actual.fixed32(TensorEntry.CRC32C_FIELD_NUMBER));
  }

  static Stream<Part> additions() {
    return Stream.of(
        _ -> {},
        ENTRY::writeTo,
        out -> out.writeString(TensorEntry.NAME_FIELD_NUMBER, "another"),
        out -> out.writeString(TensorEntry.NAME_FIELD_NUMBER, ""),
        out -> out.writeUInt64(TensorEntry.SHAPE_FIELD_NUMBER, 5),
        out -> out.writeUInt64(TensorEntry.DATA_TYPE_FIELD_NUMBER, (1L << 40) + 7),
        out -> out.writeFixed32(TensorEntry.CRC32C_FIELD_NUMBER, 0),
        // Of another wire type, and so not known.
        out -> out.writeUInt32(TensorEntry.NAME_FIELD_NUMBER, 1),
        out -> out.writeFixed64(TensorEntry.SHAPE_FIELD_NUMBER, 1),
        out -> out.writeFixed32(TensorEntry.OFFSET_FIELD_NUMBER, 1),
        out -> out.writeString(TensorEntry.LENGTH_FIELD_NUMBER, "abc"),
        out -> out.writeUInt32(TensorEntry.CRC32C_FIELD_NUMBER, 1),
        // Of a newer version.
        out -> out.writeUInt64(UNKNOWN, -1),
        out -> out.writeFixed32(UNKNOWN, 1),
        out -> out.writeFixed64(UNKNOWN, 1),
        out -> out.writeString(UNKNOWN, "abc"),
        WireMessageTest::writeGroups);
  }

  /** A group in a group, with a field of a known number. */
  private static void writeGroups(CodedOutputStream out) throws IOException {
    out.writeTag(UNKNOWN, WireFormat.WIRETYPE_START_GROUP);
    out.writeTag(TensorEntry.OFFSET_FIELD_NUMBER, WireFormat.WIRETYPE_START_GROUP);
    out.writeUInt64(TensorEntry.OFFSET_FIELD_NUMBER, 1);
    out.writeTag(TensorEntry.OFFSET_FIELD_NUMBER, WireFormat.WIRETYPE_END_GROUP);
    out.writeTag(UNKNOWN, WireFormat.WIRETYPE_END_GROUP);
  }

  @ParameterizedTest
  @MethodSource("additions")
  void fieldsAreReadAsTheGeneratedClassReadsThem(Part addition) throws IOException {
    byte[] alone = bytes(addition);
    assertAlike(TensorEntry.parseFrom(alone), alone);
    byte[] after = bytes(ENTRY::writeTo, addition);
    assertAlike(TensorEntry.parseFrom(after), after);
    byte[] before = bytes(addition, ENTRY::writeTo);
    assertAlike(TensorEntry.parseFrom(before), before);
  }

  @Test
  void whateverTheGeneratedClassReadsIsReadAlike() {
    SplittableRandom random = new SplittableRandom(1);
    // Without numbers of ten bytes: of an eleventh the generated class takes no notice.
    byte[] sound =
        ENTRY.toBuilder().setShape(2, 3).setShape(3, 70_000).setOffset(64).build().toByteArray();
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = sound.clone();
      for (int changes = 1 + i % 3; changes > 0; changes--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertAlike(TensorEntry.parseFrom(damaged), damaged);
        read++;
      } catch (InvalidProtocolBufferException _) {
        // Nothing is promised: a value that does not count may be damaged.
      }
    }
    assertTrue(read > 1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80", // half a tag
        "00", // field number 0
        "0e", // wire type 6
        "20", // no value
        "20ffffffffffffffffffff01", // eleven bytes of a varint
        "350102", // half a fixed32
        "3901020304", // half a fixed64
        "0a05", // longer than what is left
        "0affffffff0f", // a negative length
        "23", // a group without end
        "24", // an end without group
        "232c", // the end of another group
      })
  void whatIsNoMessageIsRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThrows(InvalidProtocolBufferException.class, () -> TensorEntry.parseFrom(bytes));
    assertThrows(FormatViolation.class, () -> new WireMessage(bytes));
  }

  @Test
  void groupsAreSkippedToALimitedDepth() throws IOException {
    byte[] deep = new byte[1 << 20];
    Arrays.fill(deep, 0, deep.length / 2, (byte) 0x23);
    Arrays.fill(deep, deep.length / 2, deep.length, (byte) 0x24);
    assertThrows(FormatViolation.class, () -> new WireMessage(deep));
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws IOException {
    byte[] bytes = {0x0a, 1, (byte) 0xff};
    assertThrows(InvalidProtocolBufferException.class, () -> TensorEntry.parseFrom(bytes));
    WireMessage message = new WireMessage(bytes);
    assertThrows(FormatViolation.class, () -> message.string(TensorEntry.NAME_FIELD_NUMBER));
  }

  @Test
  void messagesOfOneFieldAreMerged() throws IOException {
    LayerEntry first = lstm(Lstm.newBuilder().setName("a").setHiddenSize(3));
    LayerEntry second = lstm(Lstm.newBuilder().setHiddenSize(4).setBias(true));
    byte[] both = bytes(first::writeTo, second::writeTo);
    Lstm expected = LayerEntry.parseFrom(both).getLstm();
    WireMessage actual = new WireMessage(both).message(LayerEntry.LSTM_FIELD_NUMBER);
    assertEquals(expected.getName(), actual.string(Lstm.NAME_FIELD_NUMBER));
    assertEquals(expected.getHiddenSize(), actual.uint32(Lstm.HIDDEN_SIZE_FIELD_NUMBER));
    assertEquals(expected.getBias(), actual.bool(Lstm.BIAS_FIELD_NUMBER));
  }

  private static LayerEntry lstm(Lstm.Builder lstm) {
    return LayerEntry.newBuilder().setLstm(lstm).build();
  }

  @Test
  void repeatedMessagesAreReadOneByOne() {
    Header header =
        Header.newBuilder().addTensors(ENTRY).addTensors(TensorEntry.getDefaultInstance()).build();
    List<WireMessage> tensors =
        new WireMessage(header.toByteArray()).messages(Header.TENSORS_FIELD_NUMBER);
    assertEquals(2, tensors.size());
    assertEquals(ENTRY.getName(), tensors.getFirst().string(TensorEntry.NAME_FIELD_NUMBER));
    assertEquals("", tensors.getLast().string(TensorEntry.NAME_FIELD_NUMBER));
  }

  @Test
  void ofAOneofThereIsOneCase() throws IOException {
    byte[] lstm = lstm(Lstm.newBuilder()).toByteArray();
    LayerEntry linear = LayerEntry.newBuilder().setLinear(Linear.getDefaultInstance()).build();
    assertEquals(0, oneOf(new byte[0]));
    assertEquals(LayerEntry.LSTM_FIELD_NUMBER, oneOf(lstm));
    assertEquals(0, oneOf(bytes(out -> out.writeByteArray(UNKNOWN, lstm))));
    byte[] two = bytes(out -> out.writeRawBytes(lstm), linear::writeTo);
    assertThrows(FormatViolation.class, () -> oneOf(two));
  }

  private static int oneOf(byte[] bytes) {
    return new WireMessage(bytes)
        .oneOf(LayerEntry.ONE_HOT_FIELD_NUMBER, LayerEntry.ATTENTION_OVER_TIME_FIELD_NUMBER);
  }

  @Test
  void aMessageIsThereEvenWhereItIsEmpty() {
    byte[] empty = lstm(Lstm.newBuilder()).toByteArray();
    assertTrue(new WireMessage(empty).has(LayerEntry.LSTM_FIELD_NUMBER));
    assertFalse(new WireMessage(new byte[0]).has(LayerEntry.LSTM_FIELD_NUMBER));
  }

  @Test
  void floatsAreReadPackedAndNot() throws IOException {
    WeightsOverTime packed =
        WeightsOverTime.newBuilder().addWeightsByAge(0.5f).addWeightsByAge(-0f).build();
    int number = WeightsOverTime.WEIGHTS_BY_AGE_FIELD_NUMBER;
    byte[] both = bytes(packed::writeTo, out -> out.writeFloat(number, Float.NaN));
    assertEquals(List.of(0.5f, -0f, Float.NaN), new WireMessage(both).floats(number));
    byte[] half = bytes(out -> out.writeByteArray(number, new byte[6]));
    assertThrows(FormatViolation.class, () -> new WireMessage(half).floats(number));
    DecayOverTime decay = DecayOverTime.newBuilder().setFactor(0.9f).build();
    assertEquals(
        0.9f, new WireMessage(decay.toByteArray()).float32(DecayOverTime.FACTOR_FIELD_NUMBER));
  }

  @Test
  void stringsAreReadAndCountedOneByOne() throws IOException {
    int number = Vocabulary.TOKENS_FIELD_NUMBER;
    Vocabulary vocabulary =
        Vocabulary.newBuilder().addAllTokens(List.of("", "東京", "a")).setUnknown(0).build();
    WireMessage message =
        new WireMessage(bytes(vocabulary::writeTo, out -> out.writeUInt32(number, 7)));
    assertEquals(vocabulary.getTokensList(), message.strings(number));
    assertEquals(3, message.count(number));
    assertEquals(7, message.contentBytes(number));
    assertEquals(0, message.count(UNKNOWN));
    assertTrue(message.hasVarint(Vocabulary.UNKNOWN_FIELD_NUMBER));
    assertFalse(message.hasVarint(Vocabulary.KIND_FIELD_NUMBER));
    WireMessage damaged =
        new WireMessage(bytes(out -> out.writeByteArray(number, new byte[] {-1})));
    assertThrows(FormatViolation.class, () -> damaged.strings(number));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1 / 3.0, -0.0, Double.MIN_VALUE, Double.NEGATIVE_INFINITY, Double.NaN})
  void doublesAreReadToTheBit(double value) {
    byte[] column = Normalisation.Column.newBuilder().setMean(value).build().toByteArray();
    WireMessage message = new WireMessage(column);
    assertEquals(value, message.float64(Normalisation.Column.MEAN_FIELD_NUMBER));
    assertEquals(0, message.float64(Normalisation.Column.SCALE_FIELD_NUMBER));
  }

  @Test
  void enumsAreReadByNumber() {
    Header header =
        Header.newBuilder().addGateOrder(Gate.GATE_OUTPUT).addGateOrderValue(-1).build();
    assertEquals(
        List.of(Gate.GATE_OUTPUT_VALUE, -1),
        new WireMessage(header.toByteArray()).enums(Header.GATE_ORDER_FIELD_NUMBER));
  }
}

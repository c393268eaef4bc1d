// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Counts what a message would become, before it is parsed into objects: a few bytes on the wire can
 * be an object of a hundred. Bulk data is not counted; it takes no more than the file does. Used
 * once.
 */
final class Census {
  // An LSTM network has some thousand; so this bounds the memory for objects.
  private static final int MAX_FIELDS = 500_000;

  private final CodedInputStream in;
  private long fields;

  private Census(CodedInputStream in) {
    this.in = in;
  }

  /**
   * Reads through a whole message.
   *
   * @throws Refusal if it has too many parts
   * @throws IOException if it is none
   */
  static void take(CodedInputStream in, Descriptor message) throws IOException {
    new Census(in).count(message);
  }

  // Deep nesting ends here: the schema's messages do not contain themselves.
  private void count(Descriptor message) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      FieldDescriptor field = message.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      add(1);
      if (field == null || WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        in.skipField(tag);
      } else {
        countDelimited(field);
      }
    }
  }

  private void countDelimited(FieldDescriptor field) throws IOException {
    int length = in.readRawVarint32();
    int outer = in.pushLimit(length);
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      count(field.getMessageType());
    } else {
      if (field.isPackable() && isVarint(field)) {
        add(length);
      }
      in.skipRawBytes(length);
    }
    in.popLimit(outer);
  }

  /** A number of one byte on the wire takes eight in memory. */
  private static boolean isVarint(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT, LONG -> true;
      default -> false;
    };
  }

  private void add(long more) {
    fields += more;
    Refusal.require(
        fields <= MAX_FIELDS,
        "is an ONNX model of more than %d parts, far more than an LSTM network has; import the"
            + " checkpoint of its recurrent part instead",
        MAX_FIELDS);
  }
}

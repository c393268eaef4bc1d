// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;

/** Turns a header's bytes into its message. Fields of newer versions are skipped, not kept. */
final class HeaderParser {
  private HeaderParser() {}

  static <T extends Message> T parse(Parser<T> parser, ByteString header) {
    try {
      return DiscardUnknownFieldsParser.wrap(parser).parseFrom(header);
    } catch (InvalidProtocolBufferException e) {
      throw new FormatViolation("its header does not follow the schema; write it again", e);
    }
  }
}

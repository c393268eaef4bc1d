// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.List;
import org.lstm4j.format.v1.DataType;
import org.lstm4j.format.v1.TensorEntry;

/**
 * An entry of a header's table of tensors: float32 elements.
 *
 * @param name the name of the tensor
 * @param shape its dimensions, as in PyTorch
 * @param offset its first byte, counted from the first tensor's
 * @param length its bytes
 * @param crc32c the checksum of these
 */
record TableEntry(String name, List<Long> shape, long offset, long length, int crc32c) {
  static TableEntry read(WireMessage message) {
    String name = message.string(TensorEntry.NAME_FIELD_NUMBER);
    int dataType = message.uint32(TensorEntry.DATA_TYPE_FIELD_NUMBER);
    require(
        dataType == DataType.DATA_TYPE_FLOAT32_VALUE,
        "tensor %s has data type %d, but only 1 (float32) is known; update lstm4j",
        name,
        dataType);
    require(
        message.hasFixed32(TensorEntry.CRC32C_FIELD_NUMBER),
        "tensor %s has no checksum; write it again",
        name);
    return new TableEntry(
        name,
        message.uint64s(TensorEntry.SHAPE_FIELD_NUMBER),
        message.uint64(TensorEntry.OFFSET_FIELD_NUMBER),
        message.uint64(TensorEntry.LENGTH_FIELD_NUMBER),
        message.fixed32(TensorEntry.CRC32C_FIELD_NUMBER));
  }
}

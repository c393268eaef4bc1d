// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lstm4j.engine.Network;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.cli.SequenceRunner;
import org.lstm4j.tools.data.NdArray;

/**
 * All results over all goldens have one of two bit patterns, one for each numeric class (with and
 * without FMA), on every machine and under every option of the JVM.
 */
@Tag("numeric")
class NumericDigestTest {
  @TempDir private Path folder;

  @Test
  void resultsAreEqualToTheBitWithinANumericClass() throws IOException {
    Properties known = new Properties();
    try (InputStream resource = getClass().getResourceAsStream("numeric-digests.properties")) {
      known.load(resource);
    }
    String digest = "%08x".formatted(digest());
    assertTrue(
        known.containsValue(digest),
        () -> "the digest of all results is %s, known are %s".formatted(digest, known));
  }

  private long digest() throws IOException {
    CRC32 crc = new CRC32();
    for (Golden golden : Golden.all().toList()) {
      try (Network network = golden.open(folder)) {
        NamedArrays results = new SequenceRunner(network).run(golden.read(), OptionalInt.empty());
        for (NdArray array : results.arrays().values()) {
          crc.update(bits(array.floats()));
        }
      }
    }
    return crc.getValue();
  }

  /** All NaN count as one: which of them an operation gives is the processor's choice. */
  private static ByteBuffer bits(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    for (float value : values) {
      bytes.putInt(Float.floatToIntBits(value));
    }
    return bytes.flip();
  }
}

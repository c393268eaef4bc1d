// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lstm4j.engine.kernel.NumericClass;

/**
 * One number for the bits of many results, so that runs in JVMs of other lane counts, of other
 * machines and of other days can be compared. There is one for each numeric class and no third.
 */
@Tag("numeric")
class DigestTest {
  /**
   * What this test printed when it was written. They change when a formula or a summation order
   * does, on purpose, and then the message of the failing test has the new ones.
   */
  private static final String FUSED = "94453f97";

  private static final String NOT_FUSED = "c60da39c";
  private static final String CELLS_FUSED = "234faed2";
  private static final String CELLS_NOT_FUSED = "20bb1d52";
  private static final String LAYERS_FUSED = "8ef35a73";
  private static final String LAYERS_NOT_FUSED = "9726bd28";

  private static final int STEPS = 40;
  private static final int BATCH = 2;

  @Test
  void resultsOfLstmsHaveTheBitsOfTheirNumericClass() {
    assertDigest(FUSED, NOT_FUSED, NetworkCase.ofLstms().toList());
  }

  @Test
  void resultsOfOtherCellsHaveTheBitsOfTheirNumericClass() {
    assertDigest(CELLS_FUSED, CELLS_NOT_FUSED, NetworkCase.ofOtherCells().toList());
  }

  @Test
  void resultsOfOtherLayersHaveTheBitsOfTheirNumericClass() {
    assertDigest(LAYERS_FUSED, LAYERS_NOT_FUSED, NetworkCase.ofOtherLayers().toList());
  }

  private static void assertDigest(String fused, String notFused, List<NetworkCase> cases) {
    CRC32 crc = new CRC32();
    for (NetworkCase networkCase : cases) {
      try (Network network = networkCase.build()) {
        for (WeightStorage storage : WeightStorage.values()) {
          add(crc, network, storage);
        }
      }
    }
    assertEquals(
        NumericClass.FMA ? fused : notFused,
        "%08x".formatted(crc.getValue()),
        () -> cases.size() + " networks, " + (NumericClass.FMA ? "fused" : "not fused"));
  }

  private static void add(CRC32 crc, Network network, WeightStorage storage) {
    SessionOptions options = SessionOptions.defaults().withBatch(BATCH).withWeights(storage);
    try (Session session = network.newSession(options)) {
      add(crc, Sequence.random(network, STEPS, BATCH, 9).run(session));
      State state = session.state();
      for (String layer : state.layers()) {
        add(crc, state.h(layer));
        if (state.hasCellState(layer)) {
          add(crc, state.c(layer));
        }
      }
    }
  }

  private static void add(CRC32 crc, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putInt(Float.floatToIntBits(value));
    }
    crc.update(bytes.array());
  }
}

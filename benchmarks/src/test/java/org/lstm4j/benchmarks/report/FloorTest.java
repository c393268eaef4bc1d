// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.benchmarks.engine.Workload;
import org.lstm4j.tools.machine.MachineLimits;
import org.lstm4j.tools.machine.MemoryLevel;

class FloorTest {
  /** 100 GFLOP/s; 200 GB/s from an L1 of 32 KiB, 100 from an L2 of 1 MiB, 10 from memory. */
  private static final MachineLimits LIMITS =
      new MachineLimits(
          16,
          true,
          100e9,
          List.of(
              new MemoryLevel("L1", 32 << 10, 16 << 10, 200e9),
              new MemoryLevel("L2", 1 << 20, 256 << 10, 100e9),
              new MemoryLevel("memory", Long.MAX_VALUE, 64 << 20, 10e9)));

  @ParameterizedTest
  @CsvSource({
    // 4 * 8 * 9 = 288 weights, 1152 bytes in L1: reading takes 5.76 ns, arithmetic the same
    "step 1x8 f32, 0.00576",
    // 4 * 128 * 192 = 98304 weights, 393216 bytes in L2
    "step 64x128 f32, 3.93216",
    // half the bytes: now arithmetic, 196608 operations, is the same as reading
    "step 64x128 bf16, 1.96608",
    // a quarter of the bytes: arithmetic is the limit
    "step 64x128 int8, 1.96608",
    // 4 * 512 * 768 = 1572864 weights, 6291456 bytes in memory
    "step 256x512 f32, 629.1456",
    // input: 65536 operations; recurrent: 65536 weights, 262144 bytes in L2
    "sequence 64x128 f32, 3.2768",
    // 2 * 4 * 256 * 284 * 32 operations
    "batch 28x256 f32, 186.12224",
    // 3 * 2 * (4 * 256 * 284 + 28 * 256) * 32 operations
    "learning 28x256+28 f32, 572.12928",
    // 3 * 2 * (4 * 256 * 256 + 28 * 256) * 32 operations
    "training 28x256+28 f32, 517.07904"
  })
  void theFloorIsWhatTheMachineCannotBeat(String label, double micros) {
    assertEquals(micros, Floor.micros(Workload.parse(label), LIMITS), 1e-9 * micros);
  }

  @ParameterizedTest
  @CsvSource({"sequence 256x256x2 bidirectional f32"})
  void onlyOneCellOfAStackHasToFitInTheCache(String label) {
    // Four cells of 1 MiB each come from L2, one after the other.
    double reading = 4 * 1048576 / 100e9 * 1e6;
    double arithmetic = 2.0 * 4 * 256 * (256 + 512) * 2 / 100e9 * 1e6;

    assertEquals(arithmetic + reading, Floor.micros(Workload.parse(label), LIMITS), 1e-9 * reading);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "step 128x256 f32",
        "step 512x1024 int8 2 threads",
        "sequence 256x256x2 bidirectional bf16",
        "batch 28x256 f32",
        "learning 28x256+28 f32",
        "learning 512x512 f32 2 threads",
        "training 28x256+28 f32",
        "training 28x256+28 f32 2 threads"
      })
  void aLabelNamesTheWorkload(String label) {
    assertEquals(label, Workload.parse(label).label());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "step",
        "step 128 f32",
        "step 128x256 f16",
        "walk 1x8 f32",
        "step 0x8 f32",
        "step 28x256+28 f32",
        "learning 28x256+0 f32",
        "learning 28x256 bf16",
        "learning 28x256x2 f32",
        "learning 28x256 bidirectional f32",
        "training 28x256 f32",
        "training 28x256+27 f32",
        "training 28x256+28 int8",
        "training 28x256x2+28 f32"
      })
  void whatIsNoLabelIsRefused(String label) {
    assertThrows(IllegalArgumentException.class, () -> Workload.parse(label));
  }

  @Test
  void operationsAreTwoForEachWeightRowAndStep() {
    assertEquals(2.0 * 4 * 8 * (1 + 8), Workload.parse("step 1x8 f32").flops());
    assertEquals(2.0 * 4 * 256 * (28 + 256) * 35 * 32, Workload.parse("batch 28x256 f32").flops());
  }

  @Test
  void learningTakesThreeTimesTheOperationsOfItsHeadToo() {
    assertEquals(
        3 * 2.0 * (4 * 8 * (1 + 8) + 5 * 8) * 35 * 32,
        Workload.parse("learning 1x8+5 f32").flops());
  }

  @Test
  void trainingNeedsNoProductForOneHotTokens() {
    assertEquals(
        3 * 2.0 * (4 * 8 * 8 + 5 * 8) * 35 * 32, Workload.parse("training 5x8+5 f32").flops());
  }

  @Test
  void theSecondLayerOfABidirectionalLstmReadsBothDirections() {
    Shape shape = Shape.parse("256x256x2 bidirectional");

    assertEquals(4L * 256 * (256 + 512) * 2, shape.inputWeights());
    assertEquals(4L * 256 * 256 * 4, shape.recurrentWeights());
    assertEquals(512, shape.outputSize());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.lstm4j.engine.assembly.Backpropagation;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.OrdinaryStart;
import org.lstm4j.engine.training.Initialization;

@ExtendWith(OrdinaryStart.class)
class BackpropagationWarmUpTest {
  private static final int STEPS = 16;
  private static final int BATCH = 16;

  @Test
  void aWindowOfMuchWorkWaitsForVectorKernels() {
    assertFalse(isColdAfterItsFirstWindow(Layer.Lstm.of("lstm", 150, 250)));
  }

  @Test
  void aWindowOfLittleWorkDoesNot() {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    assertTrue(isColdAfterItsFirstWindow(Layer.Lstm.of("lstm", 5, 37)));
  }

  private static boolean isColdAfterItsFirstWindow(Layer layer) {
    List<Layer> layers = List.of(layer);
    SessionOptions options = SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);
    try (Network network =
            Network.builder().add(layer).build(Initialization.pyTorch().weights(layers, 1));
        Backpropagation way = new Backpropagation(network, options, true, false, null)) {
      way.start();
      way.runner()
          .attach(
              new float[STEPS * BATCH * layer.inputSize()],
              STEPS,
              new float[STEPS * BATCH * layer.outputSize()]);
      way.forward(STEPS);
      way.runner().detach();
      return way.isCold();
    }
  }
}

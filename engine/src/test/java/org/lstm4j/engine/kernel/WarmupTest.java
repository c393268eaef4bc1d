// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.RandomWeights;
import org.lstm4j.engine.Session;

@Tag("numeric")
@ExtendWith(OrdinaryStart.class)
class WarmupTest {
  /** C2 knows vectors by a profile that all of them share: see the package description. */
  @Test
  void sessionsWithVectorsOfSeveralWidthsAllGetTheirVectorKernels() {
    assumeTrue(Kernels.comparesVectors(), "scalar kernels stay");
    int[] hiddenSizes = {4, 19, 8, 20, 3, 36, 7, 21, 2, 40};
    for (int hiddenSize : hiddenSizes) {
      Layer.Lstm lstm = Layer.Lstm.of("lstm", 3, hiddenSize);
      try (Network network = RandomWeights.build(Network.builder().add(lstm), 1);
          Session session = network.newSession()) {
        session.warmUp();

        PackedGates layout = Kernels.layout(4, hiddenSize, hiddenSize);
        PackedGates gates = new PackedGates(4, hiddenSize, 1, layout.lanes());
        String name = hiddenSize + " units";
        assertNotNull(Specialization.compiled(VectorMatVec.class, layout), name);
        assertNotNull(Specialization.compiled(VectorLstmGates.class, gates), name);
      }
    }
  }
}

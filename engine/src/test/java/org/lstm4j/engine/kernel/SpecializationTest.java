// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lstm4j.engine.JvmCounters;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.RandomWeights;
import org.lstm4j.engine.Session;

class SpecializationTest {
  private static final int HIDDEN_SIZE = 23;

  @BeforeEach
  void vectorsOnly() {
    assumeTrue(Kernels.vectors(), "scalar kernels are not specialized");
  }

  @Test
  void oneShapeHasOneKernel() {
    PackedGates layout = new PackedGates(4, 3, 5, 4);

    assertSame(
        Specialization.of(VectorMatVec.class, layout),
        Specialization.of(VectorMatVec.class, new PackedGates(4, 3, 5, 4)));
  }

  @Test
  void anotherShapeHasAClassOfItsOwn() {
    MatVec three = Specialization.of(VectorMatVec.class, new PackedGates(4, 3, 5, 4));
    MatVec four = Specialization.of(VectorMatVec.class, new PackedGates(4, 4, 5, 4));

    assertNotSame(three.getClass(), four.getClass());
    assertTrue(three.getClass().isHidden());
  }

  @Test
  void moreSessionsAndNetworksOfAShapeDefineNoMoreClasses() {
    try (Network first = network(1);
        Network second = network(2)) {
      runSessions(first, 2);
      runSessions(second, 2);
      long least = Long.MAX_VALUE;
      // A thread of the JVM or of the test runner may load a class of its own meanwhile.
      for (int attempt = 0; attempt < 5 && least > 0; attempt++) {
        long before = JvmCounters.loadedClasses();
        runSessions(first, 25);
        runSessions(second, 25);
        least = Math.min(least, JvmCounters.loadedClasses() - before);
      }
      assertEquals(0, least);
    }
  }

  @Test
  void kernelsOfADroppedNetworkAreUnloaded() {
    WeakReference<Class<?>> kernel = kernelOfADroppedNetwork();
    for (int i = 0; i < 100 && kernel.get() != null; i++) {
      System.gc();
    }
    assertNull(kernel.get());
  }

  /** A method of its own, so that no frame holds the kernel afterwards. */
  private static WeakReference<Class<?>> kernelOfADroppedNetwork() {
    try (Network network = network(3)) {
      runSessions(network, 1);
      PackedGates layout = Kernels.layout(4, HIDDEN_SIZE, HIDDEN_SIZE);
      MatVec kernel = Specialization.of(VectorMatVec.class, layout);
      return new WeakReference<>(kernel.getClass());
    }
  }

  private static Network network(int seed) {
    return RandomWeights.build(Network.builder().add(Layer.Lstm.of("lstm", 2, HIDDEN_SIZE)), seed);
  }

  /** All of them open at once. */
  private static void runSessions(Network network, int count) {
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Session session = network.newSession();
      sessions.add(session);
      session.step(new float[2], new float[HIDDEN_SIZE]);
    }
    sessions.forEach(Session::close);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SessionThreadsTest {
  private static final int SIZE = 64;
  private static final int STEPS = 3000;
  private static final int RUNS = 100;

  private static Network network() {
    return RandomWeights.build(Network.builder().add(Layer.Lstm.of("lstm", SIZE, SIZE)), 1);
  }

  @Test
  void sessionsOfOneNetworkRunSideBySide() throws Exception {
    try (Network network = network();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Sequence sequence = Sequence.random(network, 50, 1, 1);
      Callable<float[]> run =
          () -> {
            try (Session session = network.newSession()) {
              return sequence.run(session);
            }
          };
      float[] expected = run.call();
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        results.add(threads.submit(run));
      }
      for (Future<float[]> result : results) {
        assertArrayEquals(expected, result.get());
      }
    }
  }

  @Test
  void aSessionMayMoveFromThreadToThread() throws Exception {
    try (Network network = network();
        Session alone = network.newSession();
        Session moving = network.newSession()) {
      Sequence sequence = Sequence.random(network, 2, 1, 2);
      float[][] outputs = new float[2][];
      for (int t = 0; t < 2; t++) {
        int step = t;
        Thread thread =
            new Thread(() -> outputs[step] = sequence.steps(step, step + 1).step(moving));
        thread.start();
        thread.join();
      }
      sequence.steps(0, 1).step(alone);
      assertArrayEquals(sequence.steps(1, 2).step(alone), outputs[1]);
    }
  }

  /** A thread that runs long sequences again and again, until it is told to stop. */
  private static final class Runner extends Thread {
    private final Session session;
    private volatile boolean stopped;
    private volatile RuntimeException thrown;

    Runner(Session session) {
      super("runner");
      this.session = session;
    }

    @Override
    public void run() {
      float[] values = new float[STEPS * SIZE];
      float[] ys = new float[STEPS * SIZE];
      try {
        for (int i = 0; i < RUNS && !stopped; i++) {
          session.run(values, STEPS, ys);
        }
      } catch (RuntimeException e) {
        thrown = e;
      }
    }

    /** Tries a call until it is refused or the runner has ended; gives the refusal or null. */
    IllegalStateException refusalOf(Runnable call) {
      while (isAlive()) {
        try {
          call.run();
        } catch (IllegalStateException e) {
          return e;
        }
      }
      return null;
    }

    RuntimeException stopAndJoin() throws InterruptedException {
      stopped = true;
      join();
      return thrown;
    }
  }

  @Test
  void aSecondThreadInsideIsToldSo() throws InterruptedException {
    try (Network network = network();
        Session session = network.newSession()) {
      Runner runner = new Runner(session);
      runner.start();

      IllegalStateException refusal = runner.refusalOf(() -> session.batch(1));
      runner.stopAndJoin();

      assumeTrue(refusal != null, "the two threads did not meet");
      assertEquals(
          "the session is in use by thread runner: one thread at a time", refusal.getMessage());
    }
  }

  @Test
  void aSessionIsNotClosedWhileAnotherThreadRunsIt() throws InterruptedException {
    try (Network network = network()) {
      Session session = network.newSession();
      Runner runner = new Runner(session);
      runner.start();
      assumeTrue(runner.refusalOf(() -> session.batch(1)) != null, "the two threads did not meet");

      IllegalStateException refusal = runner.refusalOf(session::close);
      RuntimeException thrown = runner.stopAndJoin();
      session.close();

      if (refusal == null) {
        assertTrue(thrown instanceof IllegalStateException, () -> "closed, but " + thrown);
      } else {
        assertEquals(
            "the session is in use by thread runner: one thread at a time", refusal.getMessage());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

import java.nio.file.Path;
import java.util.Locale;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.format.ModelFile;

/** Opens a model file, makes a session and runs it; prints a {@link ColdStart} as JSON. */
final class ColdStartProgram {
  private static final int STEPS = 1000;
  private static final long IDLE_NANOS = 200_000_000;

  private ColdStartProgram() {}

  static void main(String... arguments) throws Exception {
    long start = System.nanoTime();
    try (Network network = ModelFile.open(Path.of(arguments[0]))) {
      long opened = System.nanoTime();
      try (Session session = network.newSession()) {
        long created = System.nanoTime();
        float[] x = new float[network.inputSize()];
        float[] y = new float[network.outputSize()];
        session.step(x, y);
        long first = System.nanoTime();
        long worst = Math.max(first - created, worstStep(session, x, y));
        long stall = BusyLoop.longestGap(IDLE_NANOS);
        print(first - start, created - opened, worst, stall);
      }
    }
  }

  private static long worstStep(Session session, float[] x, float[] y) {
    long worst = 0;
    long last = System.nanoTime();
    for (int i = 1; i < STEPS; i++) {
      x[i % x.length] = (float) i / STEPS;
      session.step(x, y);
      long now = System.nanoTime();
      worst = Math.max(worst, now - last);
      last = now;
    }
    return worst;
  }

  private static void print(long first, long creation, long worst, long stall) {
    System.out.printf(
        Locale.ROOT,
        "{\"firstOutput\":%f,\"sessionCreation\":%f,\"worstStep\":%f,\"longestStall\":%f}%n",
        first / 1e6,
        creation / 1e6,
        worst / 1e6,
        stall / 1e6);
  }
}

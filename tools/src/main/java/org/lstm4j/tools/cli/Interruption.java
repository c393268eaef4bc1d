// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Turns Ctrl-C, or a kill that can be heard, into a request: the JVM waits with its end until this
 * is closed, so that the work can be saved.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "save before the end");
  private volatile boolean requested;

  private Interruption() {}

  static Interruption listen() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void request() {
    requested = true;
    try {
      finished.await();
    } catch (InterruptedException _) {
      // The JVM ends without waiting any longer.
      Thread.currentThread().interrupt();
    }
  }

  boolean requested() {
    return requested;
  }

  @Override
  public void close() {
    finished.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        // The JVM is ending just now.
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of one session: the caller and, with n threads, n - 1 workers that share single
 * computations of a few microseconds with it.
 *
 * <p>Handing such work to a pool would cost more than it saves, so a worker waits for the next part
 * by spinning, for a bounded time, and then parks: an idle session uses no processor. A computation
 * that finds a worker parked wakes it for the next one and runs alone. Results do not depend on who
 * computed what.
 *
 * <p>Used by one thread at a time, the one inside the session. Allocates nothing after creation.
 */
public final class Team implements AutoCloseable {
  /** How long a worker spins before it parks, longer than what lies between steps in a row. */
  private static final long SPIN_NANOS = 100_000;

  /** Looks at the clock, which costs tens of nanoseconds, only every so many spins. */
  private static final int SPINS_PER_LOOK = 64;

  /** Naps while it waits for a worker only after so many spins, which take milliseconds. */
  private static final int SPINS_PER_NAP = 100_000;

  private final Worker[] workers;
  private boolean closed;

  /** Something that can be computed in parts. */
  public interface Task {
    /**
     * Computes one of several parts, which may all run at the same time.
     *
     * @param index from 0
     * @param count number of parts
     */
    void part(int index, int count);
  }

  /** Starts {@code threads - 1} workers, which are daemon threads. */
  public Team(int threads) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker("lstm4j-worker-" + (i + 1));
      workers[i].start();
    }
  }

  /** Threads that may take part, the caller included. */
  int threads() {
    return workers.length + 1;
  }

  /** The threads besides the caller. */
  List<Thread> workers() {
    return List.of(workers);
  }

  /** Computes all parts of a task and returns when they are done. */
  void run(Task task) {
    if (!allAreAwake()) {
      task.part(0, 1);
      return;
    }
    int count = workers.length + 1;
    for (int i = 0; i < workers.length; i++) {
      workers[i].offer(task, i + 1, count);
    }
    try {
      task.part(0, count);
    } finally {
      finish();
    }
  }

  private void finish() {
    Throwable failure = null;
    for (Worker worker : workers) {
      Throwable thrown = worker.finish();
      failure = thrown != null ? thrown : failure;
    }
    if (failure != null) {
      throw new IllegalStateException("a thread of the session failed", failure);
    }
  }

  private boolean allAreAwake() {
    boolean awake = true;
    for (Worker worker : workers) {
      awake &= worker.isAwake();
    }
    return awake;
  }

  /** Ends the workers. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (Worker worker : workers) {
        worker.end();
      }
    }
  }

  /** One thread; {@link #state} says who may touch its other fields. */
  private static final class Worker extends Thread {
    private static final int SPINNING = 0;
    private static final int WORKING = 1;
    private static final int PARKED = 2;
    private static final int ENDED = 3;
    private static final VarHandle STATE;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Worker.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private volatile int state = SPINNING;

    // Written by the caller before WORKING is set; the failure by the worker before it is cleared.
    private Task task;
    private int index;
    private int count;
    private Throwable failure;

    /** Whether the part was taken, known to the caller alone. */
    private boolean taken;

    Worker(String name) {
      super(null, null, name, 0, false);
      setDaemon(true);
    }

    /** Whether the worker spins; wakes it up if not. */
    boolean isAwake() {
      if (state == SPINNING) {
        return true;
      }
      LockSupport.unpark(this);
      return false;
    }

    void offer(Task newTask, int newIndex, int newCount) {
      task = newTask;
      index = newIndex;
      count = newCount;
      taken = STATE.compareAndSet(this, SPINNING, WORKING);
    }

    /**
     * Waits until the part is done, or does it where the worker parked just before the offer.
     *
     * @return what the worker threw, or {@code null}
     */
    Throwable finish() {
      if (!taken) {
        task.part(index, count);
      }
      for (int spins = 1; state == WORKING; spins++) {
        if (spins % SPINS_PER_NAP == 0) {
          // The worker has lost its processor, perhaps to this very thread.
          LockSupport.parkNanos(1);
        }
        Thread.onSpinWait();
      }
      task = null;
      Throwable thrown = failure;
      failure = null;
      return thrown;
    }

    void end() {
      state = ENDED;
      LockSupport.unpark(this);
    }

    @Override
    public void run() {
      while (state != ENDED) {
        if (spin()) {
          work();
        } else if (STATE.compareAndSet(this, SPINNING, PARKED)) {
          LockSupport.park(this);
          STATE.compareAndSet(this, PARKED, SPINNING);
        }
      }
    }

    /** Waits for work; false where none came for some time. */
    private boolean spin() {
      long end = System.nanoTime() + SPIN_NANOS;
      int spins = 0;
      while (state == SPINNING) {
        spins++;
        if (spins % SPINS_PER_LOOK == 0 && System.nanoTime() - end >= 0) {
          return false;
        }
        Thread.onSpinWait();
      }
      return state == WORKING;
    }

    private void work() {
      try {
        task.part(index, count);
      } catch (Throwable e) {
        failure = e;
      }
      // The caller waits for this, so nobody else has changed it.
      state = SPINNING;
    }
  }
}

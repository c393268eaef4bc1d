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
 * by spinning, for a bounded time, and then parks: an idle session uses no processor. A worker that
 * is parked is offered its part all the same, and woken up; the caller takes back what nobody has
 * begun when its own part is done. So a computation of a few microseconds does not wait for a
 * worker to wake up, and one of milliseconds is shared. Results do not depend on who computed what.
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
    /** Awake, without work. */
    private static final int SPINNING = 0;

    /** There is a part that nobody has begun; the worker may be awake, or about to be. */
    private static final int OFFERED = 1;

    private static final int WORKING = 2;
    private static final int PARKED = 3;
    private static final int ENDED = 4;
    private static final VarHandle STATE;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Worker.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private volatile int state = SPINNING;

    // Written by the caller before OFFERED is set; the failure by who computes, before it says so.
    private Task task;
    private int index;
    private int count;
    private Throwable failure;

    Worker(String name) {
      super(null, null, name, 0, false);
      setDaemon(true);
    }

    void offer(Task newTask, int newIndex, int newCount) {
      task = newTask;
      index = newIndex;
      count = newCount;
      if ((int) STATE.getAndSet(this, OFFERED) == PARKED) {
        LockSupport.unpark(this);
      }
    }

    /**
     * Waits until the part is done, or does it where the worker has not begun.
     *
     * @return what the worker threw, or {@code null}
     */
    Throwable finish() {
      if (STATE.compareAndSet(this, OFFERED, SPINNING)) {
        compute();
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
        if (takesWork()) {
          work();
        } else if (STATE.compareAndSet(this, SPINNING, PARKED)) {
          while (state == PARKED) {
            LockSupport.park(this);
          }
        }
      }
    }

    /** Spins until there is work, and takes it; false where none came for some time. */
    private boolean takesWork() {
      long end = System.nanoTime() + SPIN_NANOS;
      int spins = 0;
      while (!STATE.compareAndSet(this, OFFERED, WORKING)) {
        while (state == SPINNING) {
          spins++;
          if (spins % SPINS_PER_LOOK == 0 && System.nanoTime() - end >= 0) {
            return false;
          }
          Thread.onSpinWait();
        }
        if (state == ENDED) {
          return false;
        }
      }
      return true;
    }

    private void work() {
      compute();
      // The caller waits for this, so nobody else has changed it.
      state = SPINNING;
    }

    private void compute() {
      try {
        task.part(index, count);
      } catch (Throwable e) {
        failure = e;
      }
    }
  }
}

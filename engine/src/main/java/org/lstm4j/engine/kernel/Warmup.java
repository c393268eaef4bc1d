// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The cold start of one session: which of its kernels still run as scalar code over arrays while a
 * thread in the background compiles the vector kernel in their place.
 *
 * <p>Vector code is slow, and produces garbage, until the second compiler has compiled it: the
 * first thousand steps of an LSTM of 64 units took 1.2 s. So the background thread defines the
 * vector kernel and calls it on data of its own until a call allocates nothing, which is how one
 * can tell that it is compiled. The session asks at the start of each call, and puts in what is
 * ready. Both give the same bits, so nobody can see the change but by the clock.
 *
 * <p>The system property {@value #PROPERTY} set to {@value #VECTOR} leaves all this out and runs
 * the vector kernels from the first call on, for tests and measurements.
 *
 * <p>A kernel is compiled once for each shape; later sessions have it from the start. Where the JVM
 * does not compile vectors ({@code -Xint}), the scalar code stays.
 */
public final class Warmup {
  /** System property that says what the first calls run on. */
  public static final String PROPERTY = "lstm4j.coldStart";

  /** The value of it for vector kernels. */
  static final String VECTOR = "vector";

  /** Each with twice the time of the one before: on a busy machine the compiler may come late. */
  private static final int ATTEMPTS = 4;

  /** After so many calls, and so long, a kernel that still makes garbage is compiled badly. */
  private static final long ENOUGH_CALLS = 10_000;

  private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long to try in any case, and for large kernels in terms of their first call. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long PATIENCE_CALLS = 30;

  /** Batches of calls in succession without garbage before a kernel counts as compiled. */
  private static final int CLEAN_BATCHES = 3;

  private static final long BATCH_NANOS = 500_000;

  /**
   * How long to wait at first: the first calls need the processors, and the compiler for the scalar
   * code, themselves.
   */
  private static final long HEAD_START_NANOS = 150_000_000;

  /**
   * How long to rest after a batch that made garbage. Without a rest this thread and the compiler's
   * kept two processors busy, and single steps of the session waited 4 ms for one.
   */
  private static final long REST_NANOS = 1_000_000;

  private static final int MAX_CALLS = 1024;

  private static final ThreadPoolExecutor BACKGROUND = background();

  private final Set<Object> keep;
  private final List<Pending<?>> pending = new ArrayList<>();
  private final Queue<Runnable> ready = new ArrayDeque<>();

  /** Guarded by this, like {@link #ready}. */
  private int unfinished;

  /** Set when there is something ready, so that a look costs one read. */
  private volatile boolean news;

  private volatile boolean cancelled;

  /** Set when somebody waits. */
  private volatile boolean hurry;

  private boolean cold;
  private long begin;

  /** A kernel to be compiled, and what to do with it then. */
  private record Pending<T>(
      Class<? extends T> template,
      Record shape,
      Function<Arena, Consumer<T>> exercise,
      Consumer<? super T> use) {}

  Warmup(Set<Object> keep) {
    this.keep = keep;
  }

  private static ThreadPoolExecutor background() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(null, task, "lstm4j-warm-up", 0, false);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /**
   * Gives a kernel to who needs it: the vector kernel if it is compiled, else scalar code first.
   *
   * @param exercise makes what calls the vector kernel once, on data of its own in an arena
   * @param scalar what runs meanwhile
   * @param use takes the kernel to use from now on; called again for the vector kernel, by {@link
   *     #poll}
   */
  <T> void kernel(
      Class<? extends T> template,
      Record shape,
      Function<Arena, Consumer<T>> exercise,
      T scalar,
      Consumer<? super T> use) {
    T compiled =
        VECTOR.equals(System.getProperty(PROPERTY))
            ? Specialization.of(template, shape)
            : Specialization.compiled(template, shape);
    if (compiled != null) {
      keep.add(compiled);
      use.accept(compiled);
    } else {
      use.accept(scalar);
      pending.add(new Pending<>(template, shape, exercise, use));
    }
  }

  /** Starts to compile in the background. */
  void start() {
    cold = !pending.isEmpty();
    unfinished = pending.size();
    begin = System.nanoTime();
    for (Pending<?> kernel : pending) {
      BACKGROUND.execute(() -> compile(kernel));
    }
    pending.clear();
  }

  /** Whether some kernel is still scalar code that is bound to one thread. */
  public boolean isCold() {
    return cold;
  }

  /** Puts in the kernels that have become ready; for the thread that runs the session. */
  public void poll() {
    if (news) {
      takeNews();
    }
  }

  private synchronized void takeNews() {
    news = false;
    while (!ready.isEmpty()) {
      ready.remove().run();
    }
    cold = unfinished > 0;
  }

  /** Waits until all kernels are compiled, or will not be. */
  public void await() {
    hurry = true;
    boolean interrupted = false;
    synchronized (this) {
      while (unfinished > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    poll();
  }

  /** Gives up what is not compiled yet; for a session that ends. */
  public void cancel() {
    cancelled = true;
  }

  private <T> void compile(Pending<T> kernel) {
    Runnable use = null;
    try {
      giveHeadStart();
      T vector = compiled(kernel);
      if (vector != null) {
        keep.add(vector);
        use = () -> kernel.use().accept(vector);
      }
    } catch (IllegalStateException e) {
      // The network was closed, and with it the weights: nobody waits for this any more.
      cancelled = true;
    } finally {
      finished(use);
    }
  }

  /**
   * A vector kernel that runs clean, or {@code null}. Now and then C2 compiles one from too little
   * a profile and boxes its vectors for good; a class defined anew gets another chance.
   */
  private <T> T compiled(Pending<T> kernel) {
    T vector = Specialization.compiled(kernel.template(), kernel.shape());
    for (int attempt = 0; vector == null && attempt < ATTEMPTS && !cancelled; attempt++) {
      T candidate =
          attempt == 0
              ? Specialization.of(kernel.template(), kernel.shape())
              : Specialization.anew(kernel.template(), kernel.shape());
      if (runsClean(candidate, kernel.exercise(), attempt)) {
        Specialization.setCompiled(candidate);
        vector = candidate;
      }
    }
    return vector;
  }

  private void giveHeadStart() {
    long left = begin + HEAD_START_NANOS - System.nanoTime();
    while (left > 0 && !hurry && !cancelled) {
      LockSupport.parkNanos(Math.min(left, REST_NANOS));
      left = begin + HEAD_START_NANOS - System.nanoTime();
    }
  }

  private synchronized void finished(Runnable use) {
    unfinished--;
    if (use != null) {
      ready.add(use);
    }
    news = true;
    notifyAll();
  }

  private <T> boolean runsClean(T kernel, Function<Arena, Consumer<T>> exercise, int attempt) {
    // The kind of arena that sessions have: code compiled for another kind would be thrown away.
    try (Arena arena = Arena.ofShared()) {
      return becomesClean(kernel, exercise.apply(arena), attempt);
    }
  }

  /** Calls until nothing is allocated any more; false if that does not come to pass. */
  private <T> boolean becomesClean(T kernel, Consumer<T> exercise, int attempt) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long begun = System.nanoTime();
    long patience = 0;
    long done = 0;
    int calls = 1;
    int clean = 0;
    while (clean < CLEAN_BATCHES && !cancelled) {
      long start = System.nanoTime();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        exercise.accept(kernel);
      }
      clean = threads.getCurrentThreadAllocatedBytes() == before ? clean + 1 : 0;
      long now = System.nanoTime();
      done += calls;
      if (patience == 0) {
        patience = Math.max(PATIENCE_NANOS << attempt, PATIENCE_CALLS * (now - start));
      }
      boolean stuck = done >= ENOUGH_CALLS && now - begun > ENOUGH_NANOS << attempt;
      if (clean == 0 && (stuck || now - begun > patience)) {
        return false;
      }
      calls = nextCalls(calls, now - start);
      if (clean == 0 && !hurry) {
        LockSupport.parkNanos(REST_NANOS);
      }
    }
    return clean == CLEAN_BATCHES;
  }

  private static int nextCalls(int calls, long nanos) {
    if (nanos < BATCH_NANOS / 2) {
      return Math.min(2 * calls, MAX_CALLS);
    }
    return nanos > BATCH_NANOS ? Math.max(calls / 2, 1) : calls;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import com.sun.management.ThreadMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** What the JVM counts about itself. */
public final class JvmCounters {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final ClassLoadingMXBean CLASSES = ManagementFactory.getClassLoadingMXBean();

  /** What {@code Unsafe.allocateMemory} gave, which is where arenas have theirs from. */
  private static final Pattern OTHER_MEMORY = Pattern.compile(" Other \\(reserved=(\\d+)");

  private static final int CALLS = 200;
  private static final int FREE_WINDOWS = 10;

  /** When to give up, nothing else: a busy machine compiles late. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private JvmCounters() {}

  /** Heap bytes that the calling thread has allocated so far; asking allocates nothing. */
  public static long allocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /** Fails unless some windows of calls in succession allocate nothing, after any warming up. */
  public static void assertBecomesFree(Runnable call) {
    assertBecomesFree(CALLS, call);
  }

  /** The same with windows of so many calls. */
  public static void assertBecomesFree(long calls, Runnable call) {
    int free = 0;
    long allocated = 0;
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (free < FREE_WINDOWS && System.nanoTime() - end < 0) {
      long before = allocatedBytes();
      for (long i = 0; i < calls; i++) {
        call.run();
      }
      allocated = allocatedBytes() - before;
      free = allocated == 0 ? free + 1 : 0;
    }
    if (free < FREE_WINDOWS) {
      throw new AssertionError(allocated + " bytes in " + calls + " calls");
    }
  }

  /** Classes defined since the JVM started, hidden ones included. */
  public static long loadedClasses() {
    return CLASSES.getTotalLoadedClassCount();
  }

  /**
   * Off-heap bytes that arenas hold now. The JVM's native memory tracking counts them, where it was
   * started with it; the pool of direct buffers does not count arenas.
   */
  public static long offHeapBytes() {
    String summary = nativeMemory();
    Matcher other = OTHER_MEMORY.matcher(summary);
    if (!other.find()) {
      throw new AssertionError("no memory of arenas in the JVM's summary:\n" + summary);
    }
    return Long.parseLong(other.group(1));
  }

  private static String nativeMemory() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "vmNativeMemory",
                  new Object[] {new String[] {"summary", "scale=1"}},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * What the JVM counts about itself. Asked by reflection, because tests are compiled into the
 * engine's module, which does not read the modules that hold these beans.
 */
public final class JvmCounters {
  private static final String FACTORY = "java.lang.management.ManagementFactory";
  private static final MethodHandle ALLOCATED_BYTES =
      counter(
          bean("getThreadMXBean"),
          "com.sun.management.ThreadMXBean",
          "getCurrentThreadAllocatedBytes");
  private static final MethodHandle LOADED_CLASSES =
      counter(
          bean("getClassLoadingMXBean"),
          "java.lang.management.ClassLoadingMXBean",
          "getTotalLoadedClassCount");
  private static final MethodHandle OFF_HEAP_BYTES =
      counter(directMemory(), "java.lang.management.BufferPoolMXBean", "getMemoryUsed");

  private static final int CALLS = 200;
  private static final int FREE_WINDOWS = 10;

  /** When to give up, nothing else: a busy machine compiles late. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private JvmCounters() {}

  /** Heap bytes that the calling thread has allocated so far; asking allocates nothing. */
  public static long allocatedBytes() {
    return ask(ALLOCATED_BYTES);
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
    return ask(LOADED_CLASSES);
  }

  /** Off-heap bytes that arenas hold now. */
  public static long offHeapBytes() {
    return ask(OFF_HEAP_BYTES);
  }

  private static long ask(MethodHandle counter) {
    try {
      return (long) counter.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static Object bean(String getter) {
    try {
      return Class.forName(FACTORY).getMethod(getter).invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Object directMemory() {
    try {
      Class<?> type = Class.forName("java.lang.management.BufferPoolMXBean");
      List<?> pools =
          (List<?>)
              Class.forName(FACTORY)
                  .getMethod("getPlatformMXBeans", Class.class)
                  .invoke(null, type);
      for (Object pool : pools) {
        if (type.getMethod("getName").invoke(pool).equals("direct")) {
          return pool;
        }
      }
      throw new AssertionError("the JVM has no pool named direct");
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static MethodHandle counter(Object bean, String type, String name) {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Class.forName(type), name, MethodType.methodType(long.class))
          .bindTo(bean);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}

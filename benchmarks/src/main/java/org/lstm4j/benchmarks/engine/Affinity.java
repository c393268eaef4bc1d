// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Keeps the calling thread on one core, so that the JVM's own threads can use the others. */
public final class Affinity {
  /** Bytes of Linux' {@code cpu_set_t}. */
  private static final int SET_BYTES = 128;

  private Affinity() {}

  /**
   * Pins the calling thread, and threads that it starts from now on, to the last core it may use.
   *
   * @return whether the system could; only Linux can
   */
  public static boolean pinToOneCore() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SET_BYTES);
      return call("sched_getaffinity", set) >= 0
          && keepLast(set)
          && call("sched_setaffinity", set) == 0;
    } catch (Throwable e) {
      System.getLogger(Affinity.class.getName()).log(System.Logger.Level.DEBUG, "not pinned", e);
      return false;
    }
  }

  @SuppressWarnings("restricted")
  private static int call(String function, MemorySegment set) throws Throwable {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    MethodHandle handle =
        linker.downcallHandle(
            lookup.find(function).orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    return (int) handle.invokeExact(0, (long) SET_BYTES, set);
  }

  private static boolean keepLast(MemorySegment set) {
    for (int at = SET_BYTES - 1; at >= 0; at--) {
      int bits = set.get(JAVA_BYTE, at) & 0xff;
      if (bits != 0) {
        set.fill((byte) 0);
        set.set(JAVA_BYTE, at, (byte) Integer.highestOneBit(bits));
        return true;
      }
    }
    return false;
  }
}

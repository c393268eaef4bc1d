// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the figures come from.
 *
 * @param processor its name, as the system gives it
 * @param cores cores that the JVM may use
 * @param memoryBytes of the machine
 * @param system name and version
 * @param jdk vendor and version
 */
public record Machine(String processor, int cores, long memoryBytes, String system, String jdk) {
  private static final Path LINUX = Path.of("/proc/cpuinfo");

  /** {@return this machine} */
  public static Machine here() {
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return new Machine(
        processorName(LINUX),
        Runtime.getRuntime().availableProcessors(),
        memory,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
  }

  /** The name in a description of processors as Linux writes it; else the architecture. */
  static String processorName(Path description) {
    try {
      return Files.readAllLines(description).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException _) {
      return System.getProperty("os.arch");
    }
  }
}

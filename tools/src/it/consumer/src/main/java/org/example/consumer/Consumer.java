// SPDX-License-Identifier: Apache-2.0

package org.example.consumer;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.format.ModelFile;

/**
 * Loads a model, steps it once and prints what that took: bytes of jars, time, memory. Exits 1 if
 * the jars are larger than a small program would carry along, or the output is not a number.
 */
public final class Consumer {
  private static final long MAX_JAR_BYTES = 3_000_000;

  private Consumer() {}

  /**
   * Runs the program.
   *
   * @param arguments the model file
   * @throws IOException if it cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    float output = firstOutput(Path.of(arguments[0]));
    System.out.println("first output          " + output);
    long now = System.currentTimeMillis();
    boolean modular = Consumer.class.getModule().isNamed();
    List<Path> jars = jars(System.getProperty(modular ? "jdk.module.path" : "java.class.path"));
    long bytes = 0;
    for (Path jar : jars) {
      bytes += Files.size(jar);
    }
    System.out.println("found its classes on  " + (modular ? "the module path" : "the class path"));
    System.out.println(
        "JVM start to output   "
            + (now - ManagementFactory.getRuntimeMXBean().getStartTime())
            + " ms");
    System.out.println("resident memory       " + residentMemory());
    System.out.println("run-time jars         " + bytes + " bytes in " + names(jars));
    if (bytes > MAX_JAR_BYTES || !Float.isFinite(output)) {
      System.err.println("Expected at most " + MAX_JAR_BYTES + " bytes, and a finite output.");
      System.exit(1);
    }
  }

  private static float firstOutput(Path model) throws IOException {
    try (Network network = ModelFile.open(model);
        Session session = network.newSession()) {
      float[] output = new float[network.outputSize()];
      session.step(new float[network.inputSize()], output);
      return output[0];
    }
  }

  private static List<Path> jars(String path) {
    return Stream.of(path.split(File.pathSeparator))
        .filter(element -> element.endsWith(".jar"))
        .map(Path::of)
        .toList();
  }

  private static String names(List<Path> jars) {
    return String.join(", ", jars.stream().map(jar -> jar.getFileName().toString()).toList());
  }

  private static String residentMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return "unknown: this system has no " + status;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.substring("VmRSS:".length()).strip())
          .findFirst()
          .orElseThrow();
    }
  }
}

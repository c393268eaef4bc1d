// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Runs Jazzer, in a JVM of its own. */
final class Fuzzer {
  private static final String MAIN = "com.code_intelligence.jazzer.Jazzer";

  // The kernels read no files, and are the most of the engine.
  private static final String INSTRUMENTED =
      "org.lstm4j.engine.*:org.lstm4j.format.**:org.lstm4j.tools.*:org.lstm4j.tools.architecture.**"
          + ":org.lstm4j.tools.checkpoint.**:org.lstm4j.tools.data.**:"
          + PlantedBug.class.getName()
          + ":net.razorvine.**:org.apache.commons.csv.**:tools.jackson.core.**";

  // In seconds by the clock; longer than a machine sleeps. What returns is held to CPU time
  // instead.
  private static final int HANGS_AFTER = 300;

  private static final int MOST_LINES = 20;

  private Fuzzer() {}

  /**
   * What came of it.
   *
   * @param found whether an input broke the contract
   * @param folder what Jazzer left
   * @param exception the first lines of what it says of the finding
   */
  record Outcome(boolean found, Path folder, String exception) {
    @Override
    public String toString() {
      return """
      %s
      The input is in %s; copy it to src/test/resources/fuzz/READER to have it read by every \
      test from now on.\
      """
          .formatted(exception, folder);
    }
  }

  /**
   * Fuzzes until an input breaks the contract, or the time is up.
   *
   * @param name of the folder that is left
   * @param target with the methods that Jazzer calls
   * @param arguments for the target
   */
  static Outcome run(
      String name, Class<?> target, List<byte[]> seeds, int seconds, String... arguments)
      throws IOException, InterruptedException {
    Path folder = Path.of("target", "fuzz", name).toAbsolutePath();
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    Path seedFolder = Files.createDirectories(folder.resolve("seeds"));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(seedFolder.resolve(Integer.toString(i)), seeds.get(i));
    }
    Path log = folder.resolve("log");
    List<String> command = jvm();
    command.add("--target_class=" + target.getName());
    command.add("--target_args=" + String.join(" ", arguments));
    command.add("--instrumentation_includes=" + INSTRUMENTED);
    command.add("--reproducer_path=" + folder);
    command.add("-artifact_prefix=" + folder + "/");
    command.add("-max_total_time=" + seconds);
    command.add("-timeout=" + HANGS_AFTER);
    command.add("-rss_limit_mb=0");
    // Jazzer turns this off, and then no input becomes longer than the longest seed.
    command.add("-len_control=10");
    command.add(corpus.toString());
    command.add(seedFolder.toString());
    Process jazzer =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    // It must not outlive a build that is interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(jazzer::destroy));
    int exit = jazzer.waitFor();
    return new Outcome(exit != 0, folder, exit == 0 ? "" : exception(log));
  }

  private static List<String> jvm() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // No file of the size that is fuzzed may need more than Jazzer leaves of this.
            "-Xmx384m",
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            MAIN));
  }

  private static String exception(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    int first = 0;
    while (first < lines.size()
        && !lines.get(first).matches("== Java Exception.*|==\\d+== ERROR.*")) {
      first++;
    }
    int from = first < lines.size() ? first : Math.max(0, first - MOST_LINES);
    return lines.stream().skip(from).limit(MOST_LINES).collect(Collectors.joining("\n"));
  }
}

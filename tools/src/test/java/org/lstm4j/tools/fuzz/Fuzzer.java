// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs Jazzer, in a JVM of its own. */
final class Fuzzer {
  private static final String MAIN = "com.code_intelligence.jazzer.Jazzer";

  // The kernels read no files, and are the most of the engine.
  private static final String INSTRUMENTED =
      "org.lstm4j.engine.*:org.lstm4j.engine.assembly.*:org.lstm4j.format.**:org.lstm4j.tools.*"
          + ":org.lstm4j.tools.architecture.**:org.lstm4j.tools.checkpoint.**"
          + ":org.lstm4j.tools.data.**:org.lstm4j.tools.mapping.**:"
          + PlantedBug.class.getName()
          + ":net.razorvine.**:org.apache.commons.csv.**:tools.jackson.core.**";

  // In seconds by the clock; longer than a machine sleeps. What returns is held to CPU time
  // instead.
  private static final int HANGS_AFTER = 300;

  private static final int MOST_LINES = 20;

  // What Jazzer prints when it has read the seeds.
  private static final String INITED = "\tINITED ";

  private Fuzzer() {}

  /**
   * What came of it.
   *
   * @param found whether an input broke the contract
   * @param exception the first lines of what Jazzer says of the finding
   * @param input the file that it left, if it came so far
   */
  record Outcome(String name, boolean found, String exception, Optional<Path> input) {
    @Override
    public String toString() {
      return """
      Fuzzing %s ended with:
      %s
      %s\
      """
          .formatted(
              name,
              exception,
              input
                  .map(this::howToRepeat)
                  .orElse("No input was left; all that Jazzer said is in the log."));
    }

    private String howToRepeat(Path file) {
      return """
      The input is %1$s. To repeat it, and to have every build read it from now on:
        mkdir -p tools/src/test/resources/fuzz/%2$s
        cp %1$s tools/src/test/resources/fuzz/%2$s/
        mvn -pl tools -am test -Dtest=ReaderSeedsTest -Dsurefire.failIfNoSpecifiedTests=false\
      """
          .formatted(file, name);
    }
  }

  /**
   * Fuzzes until an input breaks the contract, or the time is up: that given, and at least half of
   * it after the seeds were read, which takes long on a machine that does much else.
   *
   * @param name of the folder that is left in {@code target/fuzz}
   * @param target with the methods that Jazzer calls
   * @param arguments for the target
   */
  static Outcome run(
      String name, Class<?> target, List<byte[]> seeds, int seconds, String... arguments)
      throws IOException, InterruptedException {
    Path folder = Path.of("target", "fuzz", name).toAbsolutePath();
    for (Path input : inputsLeft(folder)) {
      Files.delete(input);
    }
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
    boolean ended = endsWithin(seconds, jazzer, log);
    jazzer.destroy();
    jazzer.waitFor();
    return new Outcome(
        name, ended, ended ? exception(log) : "", inputsLeft(folder).stream().findFirst());
  }

  /** Whether the process ends by itself, which it does when it has found something. */
  private static boolean endsWithin(int seconds, Process jazzer, Path log)
      throws IOException, InterruptedException {
    boolean ended = jazzer.waitFor(seconds - seconds / 2, TimeUnit.SECONDS);
    while (!ended && !Files.readString(log).contains(INITED)) {
      ended = jazzer.waitFor(1, TimeUnit.SECONDS);
    }
    return ended
        || jazzer.waitFor(seconds / 2, TimeUnit.SECONDS)
        || endsInItsInput(jazzer, log.resolveSibling(FuzzTarget.INPUT));
  }

  /** Whether it does not get beyond the input that it has now, and is ended for that. */
  private static boolean endsInItsInput(Process jazzer, Path input)
      throws IOException, InterruptedException {
    FileTime last = Files.getLastModifiedTime(input);
    boolean ended = false;
    while (!ended && Files.getLastModifiedTime(input).equals(last)) {
      ended = jazzer.waitFor(100, TimeUnit.MILLISECONDS);
    }
    return ended;
  }

  /** What broke the contract, or took too long, in this run or in one before. */
  private static List<Path> inputsLeft(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom)-.*"))
          .toList();
    }
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

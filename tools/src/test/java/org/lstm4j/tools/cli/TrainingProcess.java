// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;

/** A training in a process of its own that does not come to its end, and what models hold. */
final class TrainingProcess {
  private TrainingProcess() {}

  /** All weights of a model. */
  static float[][] weights(Path file) throws IOException {
    try (Network network = ModelFile.open(file)) {
      return network.parameters().stream()
          .map(parameter -> network.parameter(parameter.name()).toArray())
          .toArray(float[][]::new);
    }
  }

  /**
   * Runs a command until there is a checkpoint, and no longer.
   *
   * @param kill whether the process has no chance to react
   * @param log receives what it says
   * @return what it said
   */
  static String endAfterFirstCheckpoint(boolean kill, Path model, Path log, Object... arguments)
      throws IOException, InterruptedException {
    Process process = start(log, arguments);
    while (process.isAlive() && !Files.exists(model)) {
      Thread.sleep(10);
    }
    if (kill) {
      process.destroyForcibly();
    } else {
      process.destroy();
    }
    process.waitFor();
    return Files.readString(log);
  }

  private static Process start(Path log, Object... arguments) throws IOException {
    String classPath =
        Stream.of("jdk.module.path", "java.class.path")
            .map(System::getProperty)
            .filter(path -> path != null && !path.isEmpty())
            .reduce((one, other) -> one + File.pathSeparator + other)
            .orElseThrow();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", classPath, "org.lstm4j.tools.cli.Main"));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}

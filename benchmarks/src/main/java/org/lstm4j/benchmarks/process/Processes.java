// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

import static java.util.stream.Collectors.joining;

import com.google.protobuf.MessageLite;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.lstm4j.benchmarks.engine.CellKind;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Workload;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import tools.jackson.databind.json.JsonMapper;

/** What JMH cannot measure, because it needs every single call or a JVM's first ones. */
public final class Processes {
  private static final long SECONDS = 180;

  /** A peer's first load may crash while it unpacks itself; the second finds what is there. */
  private static final int LOADS = 3;

  private static final String COLD_SHAPE = "40x64";

  /**
   * What lies on the class path of a program that runs a model file. The JVM opens every archive
   * that stands before the one it looks for: those of the peers, libtorch's above all, would count
   * as our start.
   */
  private static final List<Class<?>> OF_A_PROGRAM =
      List.of(ColdStartProgram.class, ModelFile.class, Network.class, MessageLite.class);

  private Processes() {}

  /**
   * Loads a peer in a JVM of its own.
   *
   * @param peer the peer
   * @return why it cannot run; empty if it can
   */
  public static Optional<String> firstLoad(EngineProvider peer) throws IOException {
    String reason = "";
    for (int i = 0; i < LOADS; i++) {
      try {
        run(PeerProgram.class, peer.name());
        return Optional.empty();
      } catch (ProcessFailure e) {
        reason = e.getMessage();
      }
    }
    return Optional.of(reason);
  }

  /**
   * Times every step.
   *
   * @param engine the engine
   * @param workload what it runs
   * @param millis how long, after a warm-up
   * @return the tails
   * @throws ProcessFailure if the engine fails
   */
  public static Tails tails(EngineProvider engine, Workload workload, int millis)
      throws IOException, ProcessFailure {
    String json =
        run(TailsProgram.class, engine.name(), workload.label(), Integer.toString(millis));
    return JsonMapper.shared().readValue(json, Tails.class);
  }

  /**
   * Starts fresh JVMs that open a model file of an LSTM of 40 inputs and hidden size 64.
   *
   * @param samples how many
   * @return what each saw
   * @throws ProcessFailure if one fails
   */
  public static List<ColdStart> coldStarts(int samples) throws IOException, ProcessFailure {
    Path file = Files.createTempFile("lstm4j-cold", ".l4j");
    try (Network network = LstmWeights.random(Shape.parse(COLD_SHAPE)).network(CellKind.LSTM)) {
      ModelFile.write(network, file);
      List<ColdStart> starts = new ArrayList<>();
      for (int i = 0; i < samples; i++) {
        String json =
            run(classPathOf(OF_A_PROGRAM), ColdStartProgram.class, new String[] {file.toString()});
        starts.add(JsonMapper.shared().readValue(json, ColdStart.class));
      }
      return starts;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static String classPathOf(List<Class<?>> classes) {
    return classes.stream()
        .map(
            type -> URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .map(location -> Path.of(location).toString())
        .distinct()
        .collect(joining(File.pathSeparator));
  }

  /** The last line that a program printed which has everything on its class path. */
  private static String run(Class<?> program, String... arguments)
      throws IOException, ProcessFailure {
    return run(System.getProperty("java.class.path"), program, arguments);
  }

  private static String run(String classPath, Class<?> program, String[] arguments)
      throws IOException, ProcessFailure {
    Path out = Files.createTempFile("lstm4j-out", ".txt");
    Path errors = Files.createTempFile("lstm4j-errors", ".txt");
    try {
      Process process =
          new ProcessBuilder(command(classPath, program, arguments))
              .redirectOutput(out.toFile())
              .redirectError(errors.toFile())
              .start();
      await(process, errors);
      List<String> lines = Files.readAllLines(out);
      if (lines.isEmpty()) {
        throw new ProcessFailure(program.getSimpleName() + " printed nothing");
      }
      return lines.getLast();
    } finally {
      Files.delete(out);
      Files.delete(errors);
    }
  }

  private static List<String> command(String classPath, Class<?> program, String[] arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:ErrorFile=/dev/null",
                "-cp",
                classPath,
                program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static void await(Process process, Path errors) throws IOException, ProcessFailure {
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new ProcessFailure("no answer after " + SECONDS + " seconds");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new ProcessFailure("interrupted");
    }
    if (process.exitValue() != 0) {
      throw new ProcessFailure(reason(process.exitValue(), Files.readAllLines(errors)));
    }
  }

  /** The innermost exception, or that the process crashed. */
  private static String reason(int exit, List<String> errors) {
    String found = "its process ended with exit code " + exit;
    for (String line : errors) {
      if (line.startsWith("Exception in") || line.startsWith("Caused by: ")) {
        found = line.replaceFirst("^Exception in thread \"main\" |^Caused by: ", "");
      }
    }
    return found;
  }
}

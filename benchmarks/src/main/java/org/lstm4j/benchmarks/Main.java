// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.Engines;
import org.lstm4j.benchmarks.report.Beside;
import org.lstm4j.benchmarks.report.BesideException;
import org.lstm4j.benchmarks.report.JsonReport;
import org.lstm4j.benchmarks.report.Machine;
import org.lstm4j.benchmarks.report.Report;
import org.lstm4j.benchmarks.report.Results;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command that benchmarks/run starts. */
@Command(
    name = "benchmarks/run",
    description = "Measures what lstm4j costs on this machine, and writes it as a table.",
    sortOptions = false)
public final class Main implements Callable<Integer> {
  @Option(
      names = "--peers",
      description = "Measure ONNX Runtime, oneDNN and libtorch too; downloads some 200 MB once.")
  private boolean peers;

  @Option(names = "--quick", description = "Few rows, short iterations: rough, within minutes.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Measure the engines of a row in turn, so many times; the least time of each counts. For"
              + " machines that others use, too.")
  private int rounds;

  @Option(names = "--cells", description = "Measure the LSTM beside the textbook form of it.")
  private boolean cells;

  @Option(
      names = "--beside",
      paramLabel = "FILE.json",
      description = "Add what another program measured here (docs/beside.md); may be repeated.")
  private List<Path> beside = new ArrayList<>();

  @Option(
      names = "--rows",
      paramLabel = "REGEX",
      description = "Measure only rows whose name matches, such as 'step .* f32'.")
  private Pattern only = Pattern.compile(".*");

  @Option(
      names = "--results",
      paramLabel = "FOLDER",
      description = "Where the results go; created where it is missing.",
      required = true,
      hidden = true)
  private Path folder;

  @SuppressWarnings("unused") // picocli looks at it
  @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
  private boolean help;

  @Spec private CommandSpec spec;

  private Main() {}

  static void main(String... arguments) {
    // Others may measure something of their own on the same machine.
    System.setProperty("jmh.ignoreLock", "true");
    CommandLine command = new CommandLine(new Main());
    command.setExecutionExceptionHandler((e, line, _) -> {
      line.getErr().println("benchmarks/run: " + sentence(e));
      return CommandLine.ExitCode.SOFTWARE;
    });
    System.exit(command.execute(arguments));
  }

  private static String sentence(Exception e) {
    return e instanceof BesideException ? e.getMessage() : e.toString();
  }

  @Override
  public Integer call() throws IOException, BesideException {
    if (rounds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rounds must be at least 1, not " + rounds);
    }
    Machine machine = Machine.here();
    List<EngineProvider> found = peers ? Engines.peers() : List.of();
    List<Beside> others = readBeside(machine, found);
    Measurement measurement = new Measurement(machine, quick, rounds, only);
    Results results = measurement.run(found, others, cells);
    System.out.print(Report.text(results));
    write(results, measurement);
    return CommandLine.ExitCode.OK;
  }

  private List<Beside> readBeside(Machine machine, List<EngineProvider> found)
      throws BesideException {
    Set<String> taken = new HashSet<>();
    Engines.cells().forEach(engine -> taken.add(engine.name()));
    found.forEach(engine -> taken.add(engine.name()));
    List<Beside> others = new ArrayList<>();
    for (Path file : beside) {
      Beside other = Beside.read(file, machine, taken);
      taken.add(other.engine());
      others.add(other);
    }
    return others;
  }

  private void write(Results results, Measurement measurement) throws IOException {
    Files.createDirectories(folder);
    String name = results.date().replace(':', '-');
    Path json = folder.resolve(name + ".json");
    Path markdown = folder.resolve(name + ".md");
    Path jmh = folder.resolve(name + "-jmh.json");
    Files.writeString(json, JsonReport.json(results));
    Files.writeString(markdown, "# lstm4j benchmarks\n" + Report.markdown(results));
    measurement.writeJmh(jmh);
    System.out.printf("%nWritten: %s, %s, %s%n", json, markdown, jmh);
  }
}

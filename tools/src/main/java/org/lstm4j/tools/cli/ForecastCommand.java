// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.Normalisation;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.tools.data.CsvSeries;
import org.lstm4j.tools.data.CsvWriter;
import org.lstm4j.tools.data.NonFinite;
import org.lstm4j.tools.forecast.Forecast;
import org.lstm4j.tools.forecast.Forecaster;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm4j forecast}: what comes next in a table. */
@Command(
    name = "forecast",
    customSynopsis = "lstm4j forecast MODEL.l4j -i DATA.csv -o FORECAST.csv [OPTIONS]",
    sortOptions = false,
    header = "Forecast the columns of a table.",
    description = {
      "Forecasts what follows the last rows of a table, or each window of it. The model file says"
          + " which columns are read, how many time steps of them, what is forecast, how far ahead,"
          + " and how all that is normalised; other columns do not matter.",
      "",
      "A line of the output is one forecast: time_step is the row that it is for, counted from 0"
          + " and without the header, and ahead how many time steps that is after the last row that"
          + " was read. The columns of the table follow, in their units."
    },
    footer = {
      "",
      "Examples:",
      "  lstm4j forecast load.l4j -i load.csv -o next.csv",
      "  lstm4j forecast load.l4j -i load.csv -o week.csv --steps 168 --plot week.png",
      "  lstm4j forecast load.l4j -i load.csv -o back-test.csv --all"
    })
final class ForecastCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.l4j", description = "A model that forecasts.")
  private Path model;

  @Option(
      names = "-i",
      required = true,
      paramLabel = "DATA.csv",
      description = "The table: one time step a row, with the columns that the model reads.")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FORECAST.csv",
      description = "The forecasts; - for standard output.")
  private Path output;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Time steps to go ahead. Beyond the model's horizon, which is the default, forecasts are"
              + " read as if they were measured; that takes a model that forecasts all columns that"
              + " it reads.")
  private Integer steps;

  @Option(
      names = "--all",
      description = "Forecast from every window of the table, not from the last one alone.")
  private boolean all;

  @Option(
      names = "--plot",
      paramLabel = "FILE.png",
      description =
          "Draw the first output column, what was measured of it, and what was forecast as far"
              + " ahead from the windows before.")
  private Path plot;

  ForecastCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    requireOutputs();
    try (Network network = ModelFile.open(model);
        Forecaster forecaster = forecaster(network)) {
      CsvSeries table = table(forecaster);
      List<Forecast> forecasts = forecasts(forecaster, table);
      if (plot != null) {
        new ForecastPicture(input, forecaster, table, ahead(forecaster)).of(forecasts).write(plot);
      }
      write(forecaster, forecasts);
    }
    return ExitCode.OK;
  }

  private void requireOutputs() throws IOException {
    if (steps != null && steps < 1) {
      throw wrongUsage("--steps must be at least 1, not " + steps);
    }
    OutputPath.requireOther(spec.commandLine(), output, model, input);
    if (plot != null) {
      OutputPath.requireFolder(spec.commandLine(), "--plot", plot);
      OutputPath.requireOther(spec.commandLine(), plot, model, input, output);
    }
  }

  private Forecaster forecaster(Network network) throws IOException {
    Normalisation normalisation =
        ModelFile.attachments(model)
            .normalisation()
            .orElseThrow(() ->
                new ModelFormatException(
                    model
                        + ": says nothing of columns, so it does not forecast; 'lstm4j run' runs"
                        + " it"));
    try {
      return new Forecaster(network, normalisation);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(model + ": " + e.getMessage(), e);
    }
  }

  private CsvSeries table(Forecaster forecaster) throws IOException {
    CsvSeries table = CsvSeries.read(input, NonFinite.REFUSE, forecaster.inputNames());
    if (table.rowCount() < forecaster.window()) {
      throw new ModelFormatException(
          "%s: has %d rows where %s reads %d; give it more"
              .formatted(input, table.rowCount(), model, forecaster.window()));
    }
    return table;
  }

  private int ahead(Forecaster forecaster) {
    return steps == null ? forecaster.horizon() : steps;
  }

  private List<Forecast> forecasts(Forecaster forecaster, CsvSeries table) {
    float[] values = table.values();
    int last = table.rowCount() - forecaster.window();
    List<Forecast> forecasts = new ArrayList<>();
    for (int row = all ? 0 : last; row <= last; row++) {
      forecasts.addAll(forecaster.after(values, row, ahead(forecaster)));
    }
    return forecasts;
  }

  private void write(Forecaster forecaster, List<Forecast> forecasts) throws IOException {
    if (output.equals(SequenceFormat.STANDARD_STREAM)) {
      write(forecaster, forecasts, terminal.out());
    } else {
      AtomicFile.write(output, out -> write(forecaster, forecasts, out));
    }
  }

  private static void write(Forecaster forecaster, List<Forecast> forecasts, OutputStream out)
      throws IOException {
    CsvWriter writer = CsvWriter.buffered(out);
    Stream<String> places = Stream.of("time_step", "ahead");
    writer.writeHeader(Stream.concat(places, forecaster.outputNames().stream()).toList());
    for (Forecast forecast : forecasts) {
      Stream<Integer> place = Stream.of(forecast.timeStep(), forecast.ahead());
      writer.writeRow(
          Stream.concat(place, forecast.values().stream()).map(Object::toString).toList());
    }
    writer.flush();
  }

  private ParameterException wrongUsage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.Normalisation;
import org.lstm4j.tools.data.CsvSeries;
import org.lstm4j.tools.data.NonFinite;
import org.lstm4j.tools.dataset.SeriesData;
import org.lstm4j.tools.dataset.SeriesTask;
import org.lstm4j.tools.forecast.Forecaster;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lstm4j train series}: a network that says what comes next in a table. */
@Command(
    name = "series",
    customSynopsis = "lstm4j train series DATA.csv -o MODEL.l4j --columns NAMES [OPTIONS]",
    sortOptions = false,
    header = "Train a network to forecast the columns of a table.",
    description = {
      "Trains a network to forecast columns of a table, all time steps up to a horizon at once,"
          + " from a window of time steps; 'lstm4j forecast' has it forecast. Columns are"
          + " normalised by their mean and standard deviation in the part that is learnt from; the"
          + " model file says how. Losses are in units of the standard deviation.",
      "",
      "A row is a time step. Columns that are not named may hold anything."
    },
    footer = {
      "",
      "Examples:",
      "  lstm4j train series load.csv -o load.l4j --columns load --window 48 --horizon 24"
          + " --plot-forecast load.png",
      "  lstm4j train series weather.csv -o rain.l4j --columns rain,wind --targets rain"
          + " --split random --patience 10",
      "  lstm4j train series new.csv -o new.l4j --from load.l4j --freeze rnn --epochs 10"
    })
final class TrainSeriesCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "DATA.csv", description = "A table, one time step a row.")
  private Path data;

  @Mixin private TrainingMixin training;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description =
          "The columns to read, by name or, counted from 0, by index. Only a model of --from that"
              + " forecasts knows them already.")
  private List<String> columns;

  @Option(
      names = "--targets",
      split = ",",
      paramLabel = "NAME",
      description = "The columns to forecast. Default: those that are read.")
  private List<String> targets;

  @Option(
      names = "--window",
      paramLabel = "T",
      defaultValue = "24",
      description = "Time steps that a forecast reads. Default: ${DEFAULT-VALUE}.")
  private int window;

  @Option(
      names = "--horizon",
      paramLabel = "N",
      defaultValue = "1",
      description = "Time steps that it goes ahead. Default: ${DEFAULT-VALUE}.")
  private int horizon;

  @Mixin private SplitMixin split;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      defaultValue = "mse",
      converter = LossOption.class,
      description =
          "mse, mae or huber: the mean of the squared or absolute errors, or of both. Default:"
              + " ${DEFAULT-VALUE}.")
  private LossName loss;

  @Mixin private SequenceNetworkMixin network;

  @Option(
      names = "--plot-forecast",
      paramLabel = "FILE.png",
      description =
          "Draw the first target at the end of the validation part, and what is forecast of it.")
  private Path plotForecast;

  /** The words for losses. */
  enum LossName {
    MSE,
    MAE,
    HUBER
  }

  static final class LossOption extends WordOption<LossName> {
    LossOption() {
      super(LossName.class);
    }
  }

  TrainSeriesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    requireUsable();
    Optional<PretrainedModel> pretrained = training.pretrained();
    SeriesData series = read(pretrained);
    requireBatch(series);
    InitialNetwork start =
        pretrained.isPresent() ? fitting(pretrained.get(), series.task()) : newNetwork(series);
    int exitCode = new TrainingJob(job(start, series), training, terminal).run();
    if (exitCode == ExitCode.OK && plotForecast != null) {
      plot(series);
    }
    return exitCode;
  }

  private void requireUsable() throws IOException {
    training.requireUsable(data);
    training.requireOutput("--plot-forecast", plotForecast, data);
    training.requirePositive("--window", window);
    training.requirePositive("--horizon", horizon);
    split.requireUsable(training);
    network.requireUsable(training);
  }

  private SeriesData read(Optional<PretrainedModel> pretrained) throws IOException {
    Optional<Normalisation> forecasts =
        pretrained
            .flatMap(model -> model.attachments().normalisation())
            .filter(known -> known.window() > 0 && !known.outputs().isEmpty());
    if (forecasts.isPresent()) {
      training.refuseWithPretrained("--columns", "--targets", "--window", "--horizon");
      return SeriesData.read(data, forecasts.get(), split.split(training.seed()));
    }
    if (columns == null) {
      throw training.wrongUsage("--columns is missing; name the columns to read");
    }
    SeriesTask task = new SeriesTask(columns, targets == null ? columns : targets, window, horizon);
    return SeriesData.read(data, task, split.split(training.seed()));
  }

  private void requireBatch(SeriesData series) throws ModelFormatException {
    if (training.batch() > series.trainingWindows()) {
      throw new ModelFormatException(
          "%s: has %d windows to train, fewer than a batch of %d; give more rows or a smaller --batch"
              .formatted(data, series.trainingWindows(), training.batch()));
    }
  }

  private InitialNetwork newNetwork(SeriesData series) {
    SeriesTask task = series.task();
    return InitialNetwork.of(network.network().layers(task.inputs().size(), task.outputSize()));
  }

  private static InitialNetwork fitting(PretrainedModel model, SeriesTask task)
      throws ModelFormatException {
    model.requireManyToOne(task.inputs().size(), task.outputSize(), "values to forecast");
    return InitialNetwork.of(model);
  }

  private TrainingTask job(InitialNetwork start, SeriesData series) throws IOException {
    return new TrainingTask(
        start,
        loss(),
        Attachments.none().with(series.normalisation()),
        series.training(training.batch(), training.seed()),
        series.validationWindows() == 0 ? null : series.validation(training.batch()),
        List.of(),
        series.task().window(),
        "values",
        settings(series.task()));
  }

  private void plot(SeriesData series) throws IOException {
    List<String> inputs = series.task().inputs();
    try (Network learned = ModelFile.open(training.output());
        Forecaster forecaster = new Forecaster(learned, series.normalisation())) {
      CsvSeries table = CsvSeries.read(data, NonFinite.REFUSE, inputs);
      new ForecastPicture(data, forecaster, table, forecaster.horizon())
          .ofWindows(series.validationRows())
          .write(plotForecast);
    }
  }

  private Loss loss() {
    return switch (loss) {
      case MSE -> Loss.meanSquaredError();
      case MAE -> Loss.meanAbsoluteError();
      case HUBER -> new Loss.Huber(1, Loss.Reduction.MEAN);
    };
  }

  private Map<String, String> settings(SeriesTask task) throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("data", DataFingerprint.of(data));
    settings.put("columns", String.join(",", task.inputs()));
    settings.put("targets", String.join(",", task.targets()));
    settings.put("window", Integer.toString(task.window()));
    settings.put("horizon", Integer.toString(task.horizon()));
    settings.put("loss", WordOption.word(loss));
    settings.putAll(split.settings());
    if (!training.hasPretrained()) {
      settings.putAll(network.settings());
    }
    return settings;
  }
}

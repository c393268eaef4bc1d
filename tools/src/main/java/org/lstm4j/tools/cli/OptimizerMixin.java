// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lstm4j.engine.training.Clipping;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Schedule;
import picocli.CommandLine.Option;

/**
 * The options that say how weights follow their gradients. What cannot be is an {@link
 * IllegalArgumentException} with a sentence.
 */
final class OptimizerMixin {
  /** What PyTorch's LinearLR begins with. */
  private static final double WARM_UP_START = 1.0 / 3;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adam",
      converter = NameOption.class,
      description = "sgd, rmsprop, adam or adamw, as PyTorch's. Default: ${DEFAULT-VALUE}.")
  private Name name;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Default: PyTorch's of the optimizer; sgd has none.")
  private Double learningRate;

  @Option(
      names = "--momentum",
      paramLabel = "X",
      defaultValue = "0",
      description = "Of sgd and rmsprop. Default: none.")
  private double momentum;

  @Option(names = "--nesterov", description = "Nesterov's momentum, of sgd.")
  private boolean nesterov;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "Default: PyTorch's of the optimizer, which is 0.01 for adamw and else none.")
  private Double weightDecay;

  @Option(
      names = "--schedule",
      paramLabel = "NAME:NUMBERS",
      defaultValue = "constant",
      description =
          "How the learning rate changes from epoch to epoch, as PyTorch's schedules: "
              + ScheduleSyntax.FORMS
              + ". Default: ${DEFAULT-VALUE}.")
  private String schedule;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Epochs in which the learning rate rises from a third to the whole, before the schedule"
              + " begins. Default: none.")
  private long warmUp;

  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description = "Make gradients smaller whose norm is larger than this.")
  private Double clipNorm;

  @Option(
      names = "--clip-value",
      paramLabel = "X",
      description = "Limit each gradient to what is between -X and X.")
  private Double clipValue;

  /** The words for optimizers. */
  enum Name {
    SGD,
    RMSPROP,
    ADAM,
    ADAMW
  }

  static final class NameOption extends WordOption<Name> {
    NameOption() {
      super(Name.class);
    }
  }

  Optimizer optimizer() {
    if (momentum != 0 && name != Name.SGD && name != Name.RMSPROP) {
      throw new IllegalArgumentException(
          "--momentum is of sgd and rmsprop; leave it out for " + WordOption.word(name));
    }
    if (nesterov && name != Name.SGD) {
      throw new IllegalArgumentException(
          "--nesterov is of sgd; leave it out for " + WordOption.word(name));
    }
    Optimizer optimizer =
        switch (name) {
          case SGD -> sgd();
          case RMSPROP -> {
            Optimizer.RmsProp rmsProp = Optimizer.rmsProp().withMomentum(momentum);
            yield weightDecay == null ? rmsProp : rmsProp.withWeightDecay(weightDecay);
          }
          case ADAM ->
              weightDecay == null
                  ? Optimizer.adam()
                  : Optimizer.adam().withWeightDecay(weightDecay);
          case ADAMW ->
              weightDecay == null
                  ? Optimizer.adamW()
                  : Optimizer.adamW().withWeightDecay(weightDecay);
        };
    return learningRate == null ? optimizer : optimizer.withLearningRate(learningRate);
  }

  private Optimizer sgd() {
    if (learningRate == null) {
      throw new IllegalArgumentException("--optimizer sgd needs a --learning-rate");
    }
    return new Optimizer.Sgd(
        learningRate, momentum, 0, weightDecay == null ? 0 : weightDecay, nesterov);
  }

  Schedule schedule() {
    Schedule named = ScheduleSyntax.parse(schedule);
    if (warmUp < 0) {
      throw new IllegalArgumentException("--warm-up must be at least 0, not " + warmUp);
    }
    return warmUp == 0
        ? named
        : new Schedule.WarmUp(new Schedule.Linear(WARM_UP_START, 1, warmUp), named);
  }

  Clipping clipping() {
    if (clipNorm != null && clipValue != null) {
      throw new IllegalArgumentException("--clip-norm and --clip-value exclude each other");
    }
    if (clipNorm != null) {
      return Clipping.byNorm(clipNorm);
    }
    return clipValue != null ? Clipping.byValue(clipValue) : Clipping.none();
  }

  /** What the numbers of a run depend on, as they are written into the model. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("optimizer", WordOption.word(name));
    settings.put("learning-rate", Double.toString(optimizer().learningRate()));
    settings.put("momentum", Double.toString(momentum));
    settings.put("nesterov", Boolean.toString(nesterov));
    settings.put("weight-decay", weightDecay == null ? "default" : weightDecay.toString());
    settings.put("schedule", schedule);
    settings.put("warm-up", Long.toString(warmUp));
    settings.put("clip-norm", clipNorm == null ? "none" : clipNorm.toString());
    settings.put("clip-value", clipValue == null ? "none" : clipValue.toString());
    return settings;
  }
}

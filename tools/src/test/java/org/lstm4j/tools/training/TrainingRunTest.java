// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.engine.training.Window;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFile;

class TrainingRunTest {
  private static final int WINDOWS = 3;
  private static final int STEPS = 5;
  private static final List<Layer> LAYERS =
      List.of(Layer.Lstm.of("lstm", 1, 4), new Layer.Linear("linear", 4, 1, true));

  @TempDir private Path folder;

  /** A sine that has another phase in each epoch, and what it is a step later. */
  private record Sines(float amplitude, boolean carriesState) implements Windows {
    private static long chosen;

    @Override
    public int begin(long epoch) {
      chosen = epoch;
      return WINDOWS;
    }

    @Override
    public Window window(int index) {
      float[] xs = new float[STEPS];
      float[] targets = new float[STEPS];
      for (int i = 0; i < STEPS; i++) {
        double time = 0.4 * (index * STEPS + i) + chosen;
        xs[i] = amplitude * (float) Math.sin(time);
        targets[i] = amplitude * (float) Math.sin(time + 0.4);
      }
      return Window.of(xs, STEPS, targets);
    }

    @Override
    public boolean beginsSequences(int index) {
      return !carriesState;
    }
  }

  private static boolean never() {
    return false;
  }

  private record Silent() implements RunListener {
    @Override
    public void learnt(RunProgress progress) {}

    @Override
    public void epochEnded(EpochResult result) {}
  }

  private static RunOptions epochs(long epochs) {
    return new RunOptions(epochs, 0, Double.NEGATIVE_INFINITY, Duration.ofDays(1), 0);
  }

  private Path model() {
    return folder.resolve("model.l4j");
  }

  private CheckpointFiles files() {
    return new CheckpointFiles(
        model(),
        Attachments.none(),
        Optional.of(new MetricsFile(folder.resolve("metrics.csv"), false)));
  }

  private static Network network() {
    return Network.builder()
        .add(LAYERS.toArray(Layer[]::new))
        .build(Initialization.pyTorch().weights(LAYERS, 1));
  }

  private Ending run(
      Network from, boolean resume, Windows training, RunOptions options, BooleanSupplier stop)
      throws IOException {
    return run(from, resume, training, null, options, stop);
  }

  private Ending run(
      Network from,
      boolean resume,
      Windows training,
      Windows validation,
      RunOptions options,
      BooleanSupplier stop)
      throws IOException {
    try (from;
        Trainer trainer =
            new Trainer(
                from,
                Loss.meanSquaredError(),
                Optimizer.adam().withLearningRate(0.01),
                TrainerOptions.defaults().withMaxSteps(STEPS))) {
      TrainingRun run =
          new TrainingRun(trainer, training, validation, options, files(), new Silent());
      if (resume) {
        run.resume(ModelFile.attachments(model()).trainingState().orElseThrow());
      }
      return run.run(stop);
    }
  }

  private float[][] savedWeights() throws IOException {
    try (Network saved = ModelFile.open(model())) {
      return saved.parameters().stream()
          .map(Parameter::name)
          .map(name -> saved.parameter(name).toArray())
          .toArray(float[][]::new);
    }
  }

  /** True from the given question on. */
  private static BooleanSupplier after(int questions) {
    int[] asked = new int[1];
    return () -> asked[0]++ >= questions;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 7, 11})
  void aRunThatWasInterruptedAnywhereEndsWithTheSameWeights(int windows) throws IOException {
    for (boolean carriesState : new boolean[] {true, false}) {
      Sines sines = new Sines(1, carriesState);
      Sines validation = new Sines(0.5f, carriesState);
      run(network(), false, sines, validation, epochs(4), TrainingRunTest::never);
      float[][] expected = savedWeights();
      Files.delete(model());

      Ending first = run(network(), false, sines, validation, epochs(4), after(windows));
      Ending second =
          windows == 0
              ? run(network(), false, sines, validation, epochs(4), TrainingRunTest::never)
              : run(
                  ModelFile.open(model()),
                  true,
                  sines,
                  validation,
                  epochs(4),
                  TrainingRunTest::never);

      assertEquals(Ending.INTERRUPTED, first);
      assertEquals(Ending.EPOCHS_DONE, second);
      assertArrayEquals(expected, savedWeights());
      Files.delete(model());
    }
  }

  @Test
  void aRunGoesOnFromEachOfItsCheckpoints() throws IOException {
    RunOptions always = new RunOptions(3, 0, Double.NEGATIVE_INFINITY, Duration.ofNanos(1), 0);
    Sines sines = new Sines(1, true);
    run(network(), false, sines, epochs(3), TrainingRunTest::never);
    float[][] expected = savedWeights();

    Files.delete(model());
    run(network(), false, sines, always, after(1));
    for (int i = 0; i < 3 * WINDOWS; i++) {
      run(ModelFile.open(model()), true, sines, always, after(1));
    }

    assertArrayEquals(expected, savedWeights());
  }

  @Test
  void aFinishedRunDoesNothingMoreUnlessThereAreMoreEpochs() throws IOException {
    run(network(), false, new Sines(1, true), epochs(2), TrainingRunTest::never);
    float[][] two = savedWeights();

    assertEquals(
        Ending.EPOCHS_DONE,
        run(ModelFile.open(model()), true, new Sines(1, true), epochs(2), TrainingRunTest::never));
    assertArrayEquals(two, savedWeights());

    run(ModelFile.open(model()), true, new Sines(1, true), epochs(3), TrainingRunTest::never);
    float[][] resumed = savedWeights();
    run(network(), false, new Sines(1, true), epochs(3), TrainingRunTest::never);
    assertArrayEquals(savedWeights(), resumed);
  }

  @Test
  void theMetricsHaveARowForEachEpochThoseBeforeAnInterruptionIncluded() throws IOException {
    Sines validation = new Sines(0.5f, true);
    run(network(), false, new Sines(1, true), validation, epochs(4), after(2 * WINDOWS + 1));
    run(
        ModelFile.open(model()),
        true,
        new Sines(1, true),
        validation,
        epochs(4),
        TrainingRunTest::never);

    List<String> lines = Files.readAllLines(folder.resolve("metrics.csv"));
    assertEquals("epoch,loss,validation_loss,learning_rate,elements,seconds", lines.getFirst());
    assertEquals(5, lines.size());
    for (int epoch = 1; epoch <= 4; epoch++) {
      String[] fields = lines.get(epoch).split(",", -1);
      assertEquals(Integer.toString(epoch), fields[0]);
      assertTrue(Float.parseFloat(fields[1]) > 0, lines.get(epoch));
      assertTrue(Float.parseFloat(fields[2]) > 0, lines.get(epoch));
      assertEquals("0.01", fields[3]);
      assertEquals(Integer.toString(WINDOWS * STEPS), fields[4]);
    }
  }

  @Test
  void validationChangesNoWeight() throws IOException {
    run(network(), false, new Sines(1, true), epochs(3), TrainingRunTest::never);
    float[][] without = savedWeights();

    run(
        network(),
        false,
        new Sines(1, true),
        new Sines(3, true),
        epochs(3),
        TrainingRunTest::never);

    assertArrayEquals(without, savedWeights());
  }

  @Test
  void aRunEndsWhereTheLossReachesItsGoal() throws IOException {
    RunOptions easy = new RunOptions(100, 0, 10, Duration.ofDays(1), 0);

    assertEquals(
        Ending.GOAL_REACHED,
        run(network(), false, new Sines(1, true), easy, TrainingRunTest::never));
    assertEquals(
        1L,
        ModelFile.attachments(model()).trainingState().orElseThrow().counters().get("run.epoch"));
  }

  @Test
  void aRunEndsWhenPatienceDoes() throws IOException {
    RunOptions patient = new RunOptions(100, 2, Double.NEGATIVE_INFINITY, Duration.ofDays(1), 0);
    // Each epoch is harder than the one before.
    Windows harder =
        new Windows() {
          private long chosen;

          @Override
          public int begin(long epoch) {
            chosen = epoch;
            return 1;
          }

          @Override
          public Window window(int index) {
            return new Sines(10 + chosen, true).window(0);
          }

          @Override
          public boolean beginsSequences(int index) {
            return false;
          }
        };

    assertEquals(
        Ending.NO_LONGER_BETTER, run(network(), false, harder, patient, TrainingRunTest::never));
    assertEquals(
        3L,
        ModelFile.attachments(model()).trainingState().orElseThrow().counters().get("run.epoch"));
  }

  @Test
  void aLossThatIsNoNumberEndsTheRunAndLeavesTheLastCheckpoint() throws IOException {
    run(network(), false, new Sines(1, true), epochs(2), TrainingRunTest::never);
    byte[] before = Files.readAllBytes(model());
    Sines bad = new Sines(Float.NaN, true);

    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> run(ModelFile.open(model()), true, bad, epochs(5), TrainingRunTest::never));

    assertTrue(
        e.getMessage().startsWith("training stopped in epoch 3, window 1: "), e.getMessage());
    assertTrue(e.getMessage().endsWith("keeps the last checkpoint"), e.getMessage());
    assertArrayEquals(before, Files.readAllBytes(model()));
  }

  @Test
  void aLossThatIsNoNumberAtOnceLeavesNothing() {
    assertThrows(
        IllegalStateException.class,
        () -> run(network(), false, new Sines(Float.NaN, true), epochs(5), TrainingRunTest::never));
    assertFalse(Files.exists(model()));
  }
}

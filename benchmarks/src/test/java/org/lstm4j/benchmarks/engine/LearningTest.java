// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearningTest {
  private static final Workload WORKLOAD = Workload.parse("learning 3x4+2 f32");
  private static final LstmWeights WEIGHTS = LstmWeights.random(WORKLOAD.shape());

  /** Tensors of {@link Gradients#all} that are parameters. */
  private static final int PARAMETERS = 6;

  /** To either side of a weight; the losses of float32 outputs make the slope so exact. */
  private static final float DISTANCE = 1e-2f;

  private static final double EXACT = 1e-3;

  @ParameterizedTest
  @EnumSource
  void theTextbooksGradientIsTheSlopeOfTheLoss(CellKind cell) throws Exception {
    List<float[]> gradients = textbookGradients(cell).all();

    for (int tensor = 0; tensor < PARAMETERS; tensor++) {
      float[] gradient = gradients.get(tensor);
      double tolerance = EXACT * largest(gradient);
      for (int i = 0; i < gradient.length; i++) {
        double above = loss(cell, moved(tensor, i, DISTANCE));
        double below = loss(cell, moved(tensor, i, -DISTANCE));
        assertEquals((above - below) / (2 * DISTANCE), gradient[i], tolerance);
      }
    }
  }

  private static Gradients textbookGradients(CellKind cell) {
    try (LstmEngine engine = new Textbook(cell).open(WORKLOAD, WEIGHTS)) {
      engine.run(LstmWeights.input(WORKLOAD.inputElements()), output());
      return ((LearningEngine) engine).gradients();
    }
  }

  private static double loss(CellKind cell, LstmWeights weights) {
    float[] y = output();
    try (LstmEngine engine = new Textbook(cell).open(WORKLOAD, weights)) {
      engine.run(LstmWeights.input(WORKLOAD.inputElements()), y);
    }
    float[] outputGradient = LstmWeights.outputGradient(y.length);
    return IntStream.range(0, y.length).mapToDouble(i -> (double) y[i] * outputGradient[i]).sum();
  }

  private static float[] output() {
    return new float[WORKLOAD.outputElements()];
  }

  private static double largest(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElse(0);
  }

  private static LstmWeights moved(int tensor, int element, float by) {
    LstmWeights.Cell cell = WEIGHTS.cells().getFirst();
    LstmWeights.Head head = WEIGHTS.head().orElseThrow();
    List<float[]> values =
        Stream.of(cell.ih(), cell.hh(), cell.biasIh(), cell.biasHh(), head.weight(), head.bias())
            .map(float[]::clone)
            .toList();
    values.get(tensor)[element] += by;
    return new LstmWeights(
        WORKLOAD.shape(),
        List.of(
            new LstmWeights.Cell(
                cell.inputSize(), values.get(0), values.get(1), values.get(2), values.get(3))),
        Optional.of(new LstmWeights.Head(values.get(4), values.get(5))));
  }

  @ParameterizedTest
  @EnumSource
  void theTextbookAgreesWithLstm4j(CellKind cell) throws Exception {
    EngineProvider textbook = new Textbook(cell);

    try (LstmEngine engine = textbook.open(WORKLOAD, WEIGHTS)) {
      Agreement.check(textbook.reference(WORKLOAD), engine, WORKLOAD, WEIGHTS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void anEngineWithOneWrongGradientIsRefused(int tensor) {
    Textbook textbook = new Textbook(CellKind.LSTM);
    LearningEngine right = (LearningEngine) textbook.open(WORKLOAD, WEIGHTS);

    try (LearningEngine wrong = new OneWrong(right, tensor)) {
      assertThrows(
          IllegalStateException.class, () -> Agreement.check(textbook, wrong, WORKLOAD, WEIGHTS));
    }
  }

  /** One gradient is a thousandth too large. */
  private record OneWrong(LearningEngine right, int tensor) implements LearningEngine {
    @Override
    public void run(float[] x, float[] y) {
      right.run(x, y);
    }

    @Override
    public Gradients gradients() {
      Gradients gradients = right.gradients();
      float[] values = gradients.all().get(tensor);
      for (int i = 0; i < values.length; i++) {
        values[i] *= 1.001f;
      }
      return gradients;
    }

    @Override
    public void close() {
      right.close();
    }
  }
}

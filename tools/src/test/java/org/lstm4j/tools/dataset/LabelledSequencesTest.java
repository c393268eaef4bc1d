// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.engine.training.Update;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

class LabelledSequencesTest {
  private static final LabelledCsv COLUMNS = new LabelledCsv("id", "label", List.of());

  @TempDir private Path folder;

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("moves.csv"), text);
  }

  @Test
  void rowsOfOneIdAreASequenceWhereverTheyStand() throws IOException {
    LabelledSequences read =
        COLUMNS.read(csv("id,x,label,y\na,1,up,2\nb,5,down,6\na,3,up,4\nc,7,up,8\n"));

    assertEquals(3, read.count());
    assertEquals(2, read.features());
    assertEquals(2, read.maxSteps());
    assertEquals(List.of("down", "up"), read.labels().names());
    assertArrayEquals(new int[] {1, 0, 1}, IntStream.range(0, 3).map(read::classOf).toArray());
    assertArrayEquals(new float[] {1, 2, 3, 4}, read.sequence(0));
  }

  @Test
  void onlyTheFeaturesThatAreNamedAreRead() throws IOException {
    LabelledSequences read =
        new LabelledCsv("id", "label", List.of("y"))
            .read(csv("id,note,label,y\na,first,up,2\nb,second,down,6\n"));

    assertEquals(1, read.features());
    assertArrayEquals(new float[] {6}, read.sequence(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,up,1;a,down,2 | line 3, sequence 'a' has the label 'down' after 'up'",
        "a,up,1;b,down,inf | line 3, column 3 ('x') holds inf",
        "a,up,1;b,,2 | line 3, column 'label' is empty",
        "a,up,1;b,up,2 | has only the label 'up'",
        "a,up,1;b,down | line 3, 2 cells where the first row has 3"
      })
  void badRowsAreNamed(String rows, String sentence) throws IOException {
    Path file = csv("id,label,x\n" + rows.replace(';', '\n') + "\n");

    ModelFormatException e = assertThrows(ModelFormatException.class, () -> COLUMNS.read(file));

    assertTrue(
        e.getMessage().startsWith(file.toString()) && e.getMessage().contains(sentence),
        e.getMessage());
  }

  @Test
  void arraysMayHaveLengths() throws IOException {
    Path file = folder.resolve("x.npz");
    Npz.write(
        file,
        Map.of(
            "x", NdArray.of(new float[] {1, 2, 3, Float.NaN, 5, 6}, 3, 2, 1),
            "y", NdArray.of(new long[] {1, 0, 1}, 3),
            "lengths", NdArray.of(new long[] {2, 1, 2}, 3)));

    LabelledSequences read = LabelledNpz.read(file);

    assertEquals(List.of("0", "1"), read.labels().names());
    assertArrayEquals(new float[] {3}, read.sequence(1));
    assertArrayEquals(new float[] {5, 6}, read.sequence(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "no y", "rank", "gap", "length", "count"})
  void badArraysAreNamed(String fault) throws IOException {
    Path file = folder.resolve("x.npz");
    NdArray x = NdArray.of(new float[] {1, fault.equals("NaN") ? Float.NaN : 2}, 2, 1, 1);
    Map<String, NdArray> arrays =
        switch (fault) {
          case "no y" -> Map.of("x", x);
          case "rank" -> Map.of("x", NdArray.of(new float[] {1, 2}, 2, 1), "y", classes(0, 1));
          case "gap" -> Map.of("x", x, "y", classes(0, 2));
          case "length" -> Map.of("x", x, "y", classes(0, 1), "lengths", classes(1, 2));
          case "count" -> Map.of("x", x, "y", classes(0, 1, 1));
          default -> Map.of("x", x, "y", classes(0, 1));
        };
    String expected =
        switch (fault) {
          case "no y" -> "holds no array y";
          case "rank" -> "x has the shape [2, 1] where 3 axes are expected";
          case "gap" -> "y has 2 classes, the highest of which is 2";
          case "length" -> "lengths of sequence 1 is 2; give a number from 1 to 1";
          case "count" -> "y has 3 elements for 2 sequences";
          default -> "x[1, 0, 0] is NaN";
        };
    Npz.write(file, arrays);

    ModelFormatException e = assertThrows(ModelFormatException.class, () -> LabelledNpz.read(file));

    assertTrue(e.getMessage().startsWith(file + ": " + expected), e.getMessage());
  }

  private static NdArray classes(int... values) {
    return NdArray.of(values, values.length);
  }

  @Test
  void aClassThatTrainingWouldNotSeeIsNamed() throws IOException {
    LabelledSequences read = COLUMNS.read(csv("id,label,x\na,up,1\nb,up,1\nc,down,2\n"));

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> read.split(new Split.ByTime(0.3)));

    assertTrue(e.getMessage().startsWith("no sequence to train has the label down"), e.toString());
  }

  @Test
  void featuresAreScaledByWhatTrainingSees() {
    List<float[]> sequences =
        List.of(new float[] {10, 1, 20, 1}, new float[] {30, 1}, new float[] {-500, 7});
    LabelledSequences data =
        new LabelledSequences(2, sequences, new int[] {0, 1, 0}, new Labels(List.of("a", "b")));

    Map<String, Tensor> scaling = data.scaling(new int[] {0, 1});

    double deviation = Math.sqrt(200.0 / 3);
    assertArrayEquals(
        new float[] {(float) (1 / deviation), 0, 0, 1},
        scaling.get("normalisation.weight").toArray());
    assertArrayEquals(
        new float[] {(float) (-20 / deviation), -1}, scaling.get("normalisation.bias").toArray());
  }

  @Test
  void classesMayBeThoseOfAModel() throws IOException {
    LabelledSequences read = COLUMNS.read(csv("id,label,x\na,up,1\nb,down,1\n"));

    LabelledSequences same = read.withLabels(new Labels(List.of("up", "flat", "down")));

    assertArrayEquals(new int[] {0, 2}, IntStream.range(0, 2).map(same::classOf).toArray());
    assertArrayEquals(new int[] {0, 1}, same.split(new Split.ByTime(0)).training());
    Labels others = new Labels(List.of("up", "flat"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> read.withLabels(others))
            .getMessage()
            .startsWith("the label 'down' is none of the model's, which are up, flat"));
  }

  /** Rising and falling sequences of 2 to 9 time steps. */
  private static LabelledSequences slopes(int count) {
    Random random = new Random(3);
    List<float[]> sequences =
        IntStream.range(0, count)
            .mapToObj(i -> {
              float[] values = new float[2 + random.nextInt(8)];
              float from = (float) random.nextGaussian();
              for (int t = 0; t < values.length; t++) {
                values[t] = from + (i % 2 == 0 ? 0.3f : -0.3f) * t;
              }
              return values;
            })
            .toList();
    int[] classes = IntStream.range(0, count).map(i -> i % 2).toArray();
    return new LabelledSequences(1, sequences, classes, new Labels(List.of("up", "down")));
  }

  static Stream<Arguments> cellsAndReadouts() {
    return Arrays.stream(RecurrentPart.Cell.values())
        .flatMap(cell ->
            Arrays.stream(ManyToOne.Readout.values()).map(readout -> arguments(cell, readout)));
  }

  @ParameterizedTest
  @MethodSource("cellsAndReadouts")
  void networksLearnToTellSequencesOfAllLengthsApart(
      RecurrentPart.Cell cell, ManyToOne.Readout readout) {
    LabelledSequences data = slopes(120);
    Split.Parts parts = data.split(new Split.AtRandom(0.25, 1));
    List<Layer> layers =
        new ManyToOne(new RecurrentPart(cell, 8, 1, readout == ManyToOne.Readout.MAX), readout)
            .layers(1, 2);
    TrainerOptions options = TrainerOptions.defaults().withBatch(16).withMaxSteps(data.maxSteps());
    try (Network network =
            Network.builder()
                .add(layers.toArray(Layer[]::new))
                .build(Initialization.pyTorch().weights(layers, 1));
        Trainer trainer =
            new Trainer(
                network, Loss.crossEntropy(), Optimizer.adam().withLearningRate(0.02), options)) {
      Batches training = data.training(parts.training(), 16, 1);
      for (int epoch = 0; epoch < 40; epoch++) {
        int batches = training.begin(epoch);
        for (int i = 0; i < batches; i++) {
          trainer.resetState();
          trainer.learn(training.window(i));
        }
      }

      Batches validation = data.validation(parts.validation(), 16);
      assertEquals(2, validation.begin(0));
      trainer.resetState();
      Update last = trainer.evaluate(validation.window(1));
      assertEquals(30 - 16, last.counted());
      try (Network learned = trainer.network()) {
        int right = data.recognised(learned, parts.validation());
        assertTrue(right >= 27 && right <= 30, right + " of 30");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RecurrentPart.Cell.class)
  void everyCellGivesAScoreForEachClass(RecurrentPart.Cell cell) {
    List<Layer> layers =
        new ManyToOne(new RecurrentPart(cell, 3, 2, true), ManyToOne.Readout.LAST).layers(4, 5);

    try (Network network =
        Network.builder()
            .add(layers.toArray(Layer[]::new))
            .build(Initialization.pyTorch().weights(layers, 1))) {
      assertEquals(4, network.inputSize());
      assertEquals(5, network.outputSize());
      assertTrue(
          network.parameters().stream()
              .map(parameter -> parameter.name())
              .toList()
              .containsAll(Arrays.asList("rnn.weight_ih_l1_reverse", "head.weight")));
    }
  }
}

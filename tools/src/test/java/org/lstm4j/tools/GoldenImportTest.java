// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.Parameter;

/** What real PyTorch saved becomes the network that was saved. */
class GoldenImportTest {
  static Stream<Goldens.Good> goldens() {
    return Goldens.good();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyTensorBecomesAParameterOfTheSameValues(Goldens.Good golden) throws IOException {
    Checkpoint checkpoint = Checkpoints.read(golden.checkpoint());
    try (Network network = importGolden(golden).network()) {
      for (Parameter parameter : network.parameters()) {
        StoredTensor stored = ending(checkpoint, parameter.name());
        assertArrayEquals(
            stored.toTensor().toArray(),
            network.parameter(parameter.name()).toArray(),
            parameter.name());
      }
      if (golden.importOptions().select().isEmpty()) {
        assertEquals(checkpoint.tensors().size(), network.parameters().size());
      }
    }
  }

  /** Prefixes of names may have been taken away, and a loose parameter became a weight. */
  private static StoredTensor ending(Checkpoint checkpoint, String parameter) {
    return checkpoint.tensors().stream()
        .filter(tensor ->
            ("." + tensor.path()).endsWith("." + parameter)
                || ("." + tensor.path() + ".weight").endsWith("." + parameter))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void optionsEndUpInTheNetwork(Goldens.Good golden) throws IOException {
    ImportOptions options = golden.importOptions();
    try (Network network = importGolden(golden).network()) {
      assertEquals(options.batchFirst(), network.batchFirst());
      assertEquals(options.oneToMany(), network.oneToMany());
      boolean readsAll = options.read().isEmpty() || options.read().get() instanceof ReadOption.All;
      assertEquals(readsAll, network.readout().isEmpty());
      long activations =
          network.layers().stream().filter(Layer.Activation.class::isInstance).count();
      assertEquals(options.activations().size(), activations);
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void whatWasToldIsNotAssumed(Goldens.Good golden) throws IOException {
    Imported imported = importGolden(golden);
    imported.network().close();
    List<String> options =
        imported.assumptions().stream().map(Assumption::option).flatMap(Optional::stream).toList();
    for (String told : List.of("--batch-first", "--read", "--input")) {
      assertFalse(golden.options().contains(told) && options.contains(told), told);
    }
    assertEquals(
        golden.options().contains("--batch-first"), !options.contains("--batch-first"), "layout");
  }

  @Test
  void oneCheckpointIsThreeNetworksByThreeReadouts() throws IOException {
    Layer.Lstm lstm = Layer.Lstm.of("lstm", 4, 9);
    Layer.Linear fc = new Layer.Linear("fc", 9, 4, true);
    Goldens.Good manyToOne = Goldens.good("many-to-one");
    Goldens.Good manyToMany = Goldens.good("many-to-many");
    Goldens.Good oneToMany = Goldens.good("one-to-many-feedback");
    assertEquals(manyToOne.checkpoint(), manyToMany.checkpoint());
    assertEquals(manyToOne.checkpoint(), oneToMany.checkpoint());
    assertEquals(List.of(lstm, new Layer.ReadLast(9), fc), layers(manyToOne));
    assertEquals(List.of(lstm, fc), layers(manyToMany));
    assertEquals(List.of(lstm, fc), layers(oneToMany));
    try (Network network = importGolden(oneToMany).network()) {
      assertEquals(OneToMany.Mode.FEEDBACK, network.oneToMany().orElseThrow().mode());
    }
  }

  static Stream<Arguments> architectures() {
    Layer.Lstm lstm = Layer.Lstm.of("lstm", 4, 9);
    Layer.Linear fc = new Layer.Linear("fc", 9, 3, true);
    return Map.<String, List<Layer>>of(
            "lstm-everything",
            List.of(new Layer.Lstm("", 5, 9, 2, false, true, 4, false)),
            "cells-stacked",
            List.of(
                new Layer.Lstm("cell1", 5, 7, 1, true, false, 0, true),
                new Layer.Lstm("cell2", 7, 4, 1, true, false, 0, true)),
            "lstm-prefixed",
            List.of(new Layer.Lstm("encoder.lstm", 5, 7, 2, true, true, 0, false)),
            "attention-dot",
            List.of(
                lstm,
                new Layer.AttentionOverTime(9, null, new Layer.Linear("attn", 9, 1, false)),
                fc),
            "attention-additive-parameter",
            List.of(
                lstm,
                new Layer.AttentionOverTime(
                    9,
                    new Layer.Linear("attn.W", 9, 6, true),
                    new Layer.Linear("attn.v", 6, 1, false)),
                fc),
            "text-classifier",
            List.of(
                new Layer.Embedding("embed", 19, 5),
                new Layer.Lstm("rnn", 5, 6, 1, true, true, 0, false),
                new Layer.ReadFinal(12),
                new Layer.Linear("out", 12, 4, true),
                new Layer.Activation(new ActivationFunction.Softmax(), 4)),
            "one-hot-classifier",
            List.of(
                new Layer.OneHot(11),
                Layer.Lstm.of("lstm", 11, 8),
                new Layer.Linear("fc", 8, 3, true),
                new Layer.Activation(new ActivationFunction.Softmax(), 3)),
            "two-lstms",
            List.of(
                new Layer.Lstm("lstm1", 3, 5, 1, true, true, 0, false),
                new Layer.Linear("bridge", 10, 4, true),
                new Layer.Activation(new ActivationFunction.Tanh(), 4),
                Layer.Lstm.of("lstm2", 4, 7),
                new Layer.Linear("fc", 7, 2, true)),
            "safetensors-chain",
            List.of(
                Layer.Lstm.of("rnn", 5, 9),
                new Layer.Linear("hidden", 9, 7, true),
                new Layer.Activation(new ActivationFunction.Relu(), 7),
                new Layer.Linear("decoder", 7, 3, true)),
            "stored-actor-critic",
            List.of(
                Layer.Lstm.of("lstm", 4, 6),
                new Layer.ReadLast(6),
                new Layer.Linear("fc", 6, 2, true)))
        .entrySet()
        .stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void theArchitectureIsThatOfTheModule(String golden, List<Layer> layers) throws IOException {
    assertEquals(layers, layers(Goldens.good(golden)));
  }

  @Test
  void whatTrainingScriptsSaveBesideTheWeightsIsLeftAsideAndTold() throws IOException {
    Imported imported = importGolden(Goldens.good("stored-training-state"));
    imported.network().close();
    String told = told(imported);
    assertTrue(told.contains("'state_dict' (change with --select)"), told);
    assertTrue(told.contains("optimizer"), told);
  }

  @Test
  void roundingFromFloat64IsTold() throws IOException {
    Imported imported = importGolden(Goldens.good("stored-float64"));
    imported.network().close();
    assertTrue(told(imported).contains("rounded to float32: fc.bias"), told(imported));
  }

  private static String told(Imported imported) {
    return imported.assumptions().stream()
        .map(Assumption::toString)
        .collect(Collectors.joining("\n"));
  }

  private static List<Layer> layers(Goldens.Good golden) throws IOException {
    try (Network network = importGolden(golden).network()) {
      return network.layers();
    }
  }

  private static Imported importGolden(Goldens.Good golden) throws IOException {
    return Checkpoints.importNetwork(golden.checkpoint(), golden.importOptions());
  }
}

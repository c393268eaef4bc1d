// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;

/** What an ONNX model says becomes layers; that they compute the same is for the goldens. */
class OnnxImportTest {
  private static Imported imported(String name, String... options) throws IOException {
    return Checkpoints.importNetwork(
        Goldens.onnx(name).checkpoint(), Goldens.importOptions(List.of(options)));
  }

  private static List<Layer> layers(String name) throws IOException {
    try (Network network = imported(name).network()) {
      return network.layers();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17})
  void operatorsOfAllVersionsBecomeTheSameLayers(int opset) throws IOException {
    assertEquals(
        List.of(
            new Layer.Lstm("lstm", 3, 5, 2, true, false, 0, false),
            Layer.Gru.of("gru", 5, 4),
            Layer.Rnn.of("rnn", 4, 4),
            new Layer.Linear("fc", 4, 2, true)),
        layers("opset-" + opset));
  }

  /** Those that PyTorch's exporter does not write yet. */
  @ParameterizedTest
  @ValueSource(ints = {18, 19, 20, 21, 22, 23, 24, 25, 26})
  void operatorsOfNewerVersionsToo(int opset) throws IOException {
    assertEquals(
        List.of(
            Layer.Lstm.of("lstm", 3, 5),
            new Layer.LayerNorm("norm", 5, 1e-3f, true, true),
            Layer.Gru.of("gru", 5, 5),
            Layer.Rnn.of("rnn", 5, 5),
            new Layer.MeanOverTime(5),
            new Layer.Linear("linear", 5, 2, true)),
        layers("opset-" + opset));
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual", "residual-fixed-sizes"})
  void sumsOfWhatLayersTakeAndGiveAreResiduals(String name) throws IOException {
    Layer narrow = new Layer.Linear("narrow", 6, 4, true);
    Layer wide = new Layer.Linear("wide", 4, 6, true);
    Layer relu = new Layer.Activation(new ActivationFunction.Relu(), 6);
    assertEquals(
        List.of(
            new Layer.Residual(List.of(new Layer.Lstm("lower", 4, 4, 2, true, false, 0, false))),
            new Layer.Residual(
                List.of(
                    Layer.Gru.of("upper", 4, 4), new Layer.Residual(List.of(wide, relu, narrow)))),
            new Layer.Linear("fc", 4, 2, true)),
        layers(name));
  }

  @ParameterizedTest
  @CsvSource({"norm, true", "norm-before-17, false"})
  void normalisationsAreLayersInOneOperatorOrSeveral(String name, boolean affine)
      throws IOException {
    assertEquals(
        List.of(
            Layer.LayerNorm.of("before", 4),
            Layer.Lstm.of("lower", 4, 4),
            new Layer.Residual(
                List.of(
                    new Layer.LayerNorm("between", 4, 1e-5f, affine, affine),
                    Layer.Lstm.of("upper", 4, 4))),
            new Layer.Linear("fc.0", 4, 3, true),
            new Layer.LayerNorm("fc.1", 3, 0.0123f, true, true)),
        layers(name));
  }

  @Test
  void constantInitialStatesAreTheNetworks() throws IOException {
    try (Network network = imported("ones-state").network()) {
      State state = network.initialState().orElseThrow();
      assertArrayEquals(new float[] {1, 1, 1, 1}, state.h("lstm"));
      assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f, 0.5f}, state.c("lstm"));
    }
    try (Network network = imported("lstm").network()) {
      assertTrue(network.initialState().isEmpty());
    }
  }

  @Test
  void modulesKeepTheirNames() throws IOException {
    assertEquals(
        List.of(
            new Layer.Linear("encoder.0", 4, 6, true),
            new Layer.Activation(new ActivationFunction.Relu(), 6),
            Layer.Lstm.of("lower", 6, 5),
            Layer.Lstm.of("upper", 5, 5),
            new Layer.Linear("fc", 5, 2, false)),
        layers("encoded"));
  }

  @Test
  void tokensAreLookedUpInATable() throws IOException {
    assertEquals(
        List.of(
            new Layer.Embedding("embedding", 9, 4),
            Layer.Lstm.of("lstm", 4, 6),
            new Layer.Linear("fc", 6, 9, true),
            new Layer.Activation(new ActivationFunction.LogSoftmax(), 9)),
        layers("language"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"read-both-hidden-by-reshape", "read-both-ends"})
  void finalStatesAreRecognised(String name) throws IOException {
    assertEquals(new Layer.ReadFinal(10), layers(name).get(1));
  }

  @Test
  void theBackwardDirectionAloneIsALayerInReversedTime() throws IOException {
    assertEquals(
        List.of(new Layer.Reverse(3), Layer.Lstm.of("lstm", 3, 5), new Layer.Reverse(5)),
        layers("written-lstm-reverse"));
  }

  @Test
  void theFirstTimeStepIsTheLastOfReversedTime() throws IOException {
    assertEquals(
        List.of(new Layer.Reverse(10), new Layer.ReadLast(10)), layers("read-first").subList(1, 3));
  }

  @Test
  void theGraphSaysWhetherTheBatchComesFirst() throws IOException {
    try (Network first = imported("lstm-batch-first").network();
        Network second = imported("lstm").network()) {
      assertTrue(first.batchFirst());
      assertTrue(!second.batchFirst());
    }
  }

  @Test
  void sizesThatAreFixedForNoReasonAreTold() throws IOException {
    Imported imported = imported("lstm-fixed-sizes");
    imported.network().close();
    assertTrue(
        imported.assumptions().toString().contains("time steps: 4, batch: 3"),
        imported.assumptions()::toString);
  }

  @Test
  void aStateThatIsAnInputIsTheSessions() throws IOException {
    Imported imported = imported("given-state");
    imported.network().close();
    assertTrue(
        imported.assumptions().toString().contains("c0, h0"), imported.assumptions()::toString);
  }

  @Test
  void aPartCanBeSelectedByTheNamesOfItsFirstAndLastNode() throws IOException {
    Goldens.Bad convolved =
        Goldens.bad().filter(bad -> bad.file().endsWith("conv.onnx")).findFirst().orElseThrow();
    ImportOptions options = ImportOptions.builder().select("lstm,fc").build();
    try (Network network = Checkpoints.importNetwork(convolved.file(), options).network()) {
      assertEquals(
          List.of(Layer.Lstm.of("lstm", 4, 5), new Layer.Linear("fc", 5, 3, true)),
          network.layers());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;

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
            new Layer.Lstm("rnn", 3, 5, 2, true, false, 0, false),
            new Layer.Linear("after.0", 5, 2, true)),
        layers("opset-" + opset));
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

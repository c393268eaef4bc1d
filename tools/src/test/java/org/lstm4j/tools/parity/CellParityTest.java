// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.cli.Comparison;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.cli.Verification;
import org.lstm4j.tools.data.Npz;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** GRUs and RNNs, built as PyTorch's were, are within the bound of PyTorch's float64 result. */
@Tag("numeric")
class CellParityTest {
  /** A layer of PyTorch's with its weights, and what it computed. */
  record CellGolden(String name, Path checkpoint, Path arrays, Layer.Recurrent layer) {
    Network network() throws IOException {
      Map<String, Tensor> tensors = new HashMap<>();
      for (StoredTensor tensor : Checkpoints.read(checkpoint).tensors()) {
        tensors.put(tensor.path(), tensor.toTensor());
      }
      assertEquals(tensors.size(), layer.parameters().size(), "tensors");
      return Network.builder().add(layer).build(WeightSource.of(tensors));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<CellGolden> goldens() throws URISyntaxException {
    Path manifest = Path.of(CellParityTest.class.getResource("/goldens/cells.json").toURI());
    return JsonMapper.shared()
        .readTree(manifest)
        .valueStream()
        .map(entry ->
            new CellGolden(
                entry.get("name").asString(),
                manifest.resolveSibling(entry.get("checkpoint").asString()),
                manifest.resolveSibling(entry.get("golden").asString()),
                layer(entry.get("layer"))));
  }

  private static Layer.Recurrent layer(JsonNode layer) {
    int inputSize = layer.get("input_size").asInt();
    int hiddenSize = layer.get("hidden_size").asInt();
    int numLayers = layer.get("num_layers").asInt();
    boolean bias = layer.get("bias").asBoolean();
    boolean bidirectional = layer.get("bidirectional").asBoolean();
    boolean cell = layer.get("cell").asBoolean();
    return switch (layer.get("kind").asString()) {
      case "gru" -> new Layer.Gru("", inputSize, hiddenSize, numLayers, bias, bidirectional, cell);
      case "rnn" ->
          new Layer.Rnn(
              "",
              inputSize,
              hiddenSize,
              numLayers,
              bias,
              bidirectional,
              cell,
              layer.get("nonlinearity").asString().equals("relu")
                  ? new ActivationFunction.Relu()
                  : new ActivationFunction.Tanh());
      case String other -> throw new IllegalArgumentException(other);
    };
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void resultsAreWithinTheBound(CellGolden golden) throws IOException {
    NamedArrays arrays = new NamedArrays(golden.name(), Npz.read(golden.arrays()));
    try (Network network = golden.network()) {
      List<Comparison> comparisons = new Verification(network, 0).verify(arrays);
      assertEquals(2, comparisons.size(), "out and hn");
      assertAll(golden.name(), comparisons.stream().map(CellParityTest::holds));
    }
  }

  private static Executable holds(Comparison comparison) {
    return () -> {
      assertTrue(comparison.pytorch().isPresent(), comparison.key() + " lacks PyTorch's own error");
      assertTrue(comparison.holds(), comparison::toString);
    };
  }
}

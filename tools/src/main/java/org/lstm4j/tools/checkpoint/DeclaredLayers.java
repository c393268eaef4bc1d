// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.StoredTensor;

/** Layers that a file declares, with the tensors beside them. */
public final class DeclaredLayers {
  private DeclaredLayers() {}

  /**
   * The network of these layers.
   *
   * @param tensors named as the layers' parameters are
   * @throws Refusal if a tensor is missing, surplus, no floating-point numbers or of a wrong shape,
   *     or if the user selects a part
   */
  public static Blueprint of(
      List<Layer> layers,
      List<StoredTensor> tensors,
      boolean batchFirst,
      List<Assumption> assumptions,
      ImportOptions options) {
    return of(layers, List.of(), tensors, batchFirst, assumptions, options);
  }

  /**
   * The same with learned initial states.
   *
   * @param starting the recurrent layers that have one: the tensors {@code h0} and, of an LSTM,
   *     {@code c0} below their names, of one batch row
   */
  public static Blueprint of(
      List<Layer> layers,
      List<Layer.Recurrent> starting,
      List<StoredTensor> tensors,
      boolean batchFirst,
      List<Assumption> assumptions,
      ImportOptions options) {
    Refusal.require(
        options.select().isEmpty(),
        "says itself what its network is, all of it, so --select has no effect; leave it out");
    Map<String, StoredTensor> left = new HashMap<>();
    tensors.forEach(tensor -> left.put(tensor.name(), tensor));
    Map<String, LearnedState> states = new HashMap<>();
    starting.forEach(layer -> states.put(layer.name(), learnedState(layer, left)));
    Map<String, StoredTensor> weights = weights(layers, left);
    weights.putAll(LearnedState.named(states));
    return new Blueprint(
        layers, weights, batchFirst, LearnedState.stateOf(layers, states), assumptions);
  }

  private static LearnedState learnedState(Layer.Recurrent layer, Map<String, StoredTensor> left) {
    StoredTensor h = takeState(layer, "h0", layer.hiddenOutputSize(), left);
    return new LearnedState(
        h,
        layer.hasCellState()
            ? Optional.of(takeState(layer, "c0", layer.hiddenSize(), left))
            : Optional.empty());
  }

  private static StoredTensor takeState(
      Layer.Recurrent layer, String part, int features, Map<String, StoredTensor> left) {
    String name = layer.name().isEmpty() ? part : layer.name() + "." + part;
    long rows = (long) layer.numLayers() * layer.numDirections();
    List<Long> shape = layer.cell() ? List.of((long) features) : List.of(rows, (long) features);
    Parameter parameter = new Parameter(name, shape);
    StoredTensor tensor = left.remove(parameter.name());
    check(parameter, tensor);
    return tensor;
  }

  private static Map<String, StoredTensor> weights(
      List<Layer> layers, Map<String, StoredTensor> left) {
    Map<String, StoredTensor> weights = new HashMap<>();
    for (Layer layer : layers) {
      for (Parameter parameter : layer.parameters()) {
        StoredTensor tensor = left.remove(parameter.name());
        check(parameter, tensor);
        weights.put(parameter.name(), tensor);
      }
    }
    Refusal.require(
        left.isEmpty(),
        "holds %s, which none of the layers that it declares has; save it again",
        left.values().stream().findFirst().map(StoredTensor::toString).orElse(""));
    return weights;
  }

  private static void check(Parameter parameter, StoredTensor tensor) {
    Refusal.require(
        tensor != null,
        "lacks the tensor %s %s of a layer that it declares; save it again",
        parameter.name(),
        parameter.shape());
    Refusal.require(
        Arrays.equals(tensor.shape(), parameter.shapeArray()) && tensor.dtype().isFloatingPoint(),
        "has %s, where the layer that it declares needs floating-point numbers of shape %s; save it"
            + " again",
        tensor,
        parameter.shape());
  }
}

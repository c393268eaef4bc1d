// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;

/**
 * One tensor of a state file.
 *
 * @param description its name and shape in the file
 * @param values the state's own array, in native byte order, so that it can be filled
 */
record StateTensor(Parameter description, MemorySegment values) {
  /** The tensors of a state in the order of the file. */
  static List<StateTensor> of(State state) {
    return of(state, "");
  }

  /** The tensors of a network's initial state. */
  static List<StateTensor> initial(State state) {
    return of(state, "0");
  }

  private static List<StateTensor> of(State state, String suffix) {
    List<StateTensor> tensors = new ArrayList<>();
    for (String layer : state.layers()) {
      tensors.add(of(layer, "h" + suffix, state.hShape(layer), state.h(layer)));
      if (state.hasCellState(layer)) {
        tensors.add(of(layer, "c" + suffix, state.cShape(layer), state.c(layer)));
      }
    }
    return tensors;
  }

  /** Fills the state from a file. */
  void read(StoredTensors stored) {
    stored.readInto(description.name(), values);
  }

  Tensor tensor() {
    return Tensor.wrap(values, description.shapeArray());
  }

  private static StateTensor of(String layer, String part, long[] shape, float[] values) {
    String name = layer.isEmpty() ? part : layer + "." + part;
    return new StateTensor(
        new Parameter(name, Arrays.stream(shape).boxed().toList()), MemorySegment.ofArray(values));
  }
}

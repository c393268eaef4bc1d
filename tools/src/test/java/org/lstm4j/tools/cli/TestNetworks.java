// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;

/** Small networks with weights that are the same in every run. */
public final class TestNetworks {
  private TestNetworks() {}

  /** Three features in, two out, at every time step. */
  public static Network.Builder manyToMany() {
    return Network.builder().add(Layer.Lstm.of("lstm", 3, 4), new Layer.Linear("fc", 4, 2, true));
  }

  /** Three features in, two out, for the whole sequence. */
  public static Network.Builder manyToOne() {
    return Network.builder()
        .add(
            Layer.Lstm.of("lstm", 3, 4), new Layer.ReadLast(4), new Layer.Linear("fc", 4, 2, true));
  }

  /** One vector of three features becomes five time steps of three. */
  public static Network.Builder oneToMany() {
    return Network.builder()
        .add(Layer.Lstm.of("lstm", 3, 4), new Layer.Linear("fc", 4, 3, true))
        .oneToMany(new OneToMany(OneToMany.Mode.FEEDBACK, 5));
  }

  /** Tokens from 0 to 6 in, seven features out. */
  public static Network.Builder tokens() {
    return Network.builder()
        .add(
            new Layer.Embedding("emb", 7, 3),
            Layer.Lstm.of("lstm", 3, 4),
            new Layer.Linear("fc", 4, 7, true));
  }

  /** Both directions: needs the whole sequence. */
  public static Network.Builder bidirectional() {
    return Network.builder().add(new Layer.Lstm("lstm", 3, 4, 1, true, true, 0, false));
  }

  /** Two recurrent parts, a and b. */
  public static Network.Builder twoLstms() {
    return Network.builder().add(Layer.Lstm.of("a", 3, 4), Layer.Lstm.of("b", 4, 2));
  }

  /** Three features in, four out; the LSTM in a residual starts from ones. */
  public static Network.Builder learnedInitialState() {
    Layer fc = new Layer.Linear("fc", 3, 4, true);
    Layer residual = new Layer.Residual(List.of(Layer.Lstm.of("lstm", 4, 4)));
    State state = State.zeros(List.of(fc, residual), 1);
    Arrays.fill(state.h("lstm"), 1);
    Arrays.fill(state.c("lstm"), 1);
    return Network.builder().add(fc, residual).initialState(state);
  }

  /** Fills a network with weights. */
  public static Network build(Network.Builder builder) {
    SplittableRandom random = new SplittableRandom(20);
    Map<String, Tensor> tensors = new HashMap<>();
    for (Parameter parameter : builder.parameters()) {
      float[] values = new float[Math.toIntExact(parameter.size())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-0.7, 0.7);
      }
      tensors.put(parameter.name(), Tensor.of(values, parameter.shapeArray()));
    }
    return builder.build(WeightSource.of(tensors));
  }
}

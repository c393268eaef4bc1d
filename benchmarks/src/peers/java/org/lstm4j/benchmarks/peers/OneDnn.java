// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * oneDNN's LSTM primitive, weights in the format that it chooses. bf16 has bf16 activations, int8
 * has unsigned 8-bit activations, as it demands. It has no losses and no optimizers, so it does not
 * train.
 */
public final class OneDnn implements EngineProvider {
  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String version() {
    return Versions.of("onednn");
  }

  @Override
  public boolean runs(Workload workload) {
    return workload.threads() == 1 && !workload.trains();
  }

  @Override
  public LstmEngine open(Workload workload, LstmWeights weights) {
    return workload.learns()
        ? new OneDnnLearning(workload, weights)
        : new Engine(workload, weights);
  }

  private static final class Engine implements LstmEngine {
    private final engine cpu = new engine(engine.kind.cpu, 0);
    private final stream queue = new stream(cpu);
    private final List<OneDnnLayer> layers = new ArrayList<>();
    private final OneDnnValues input;
    private final OneDnnValues output;

    Engine(Workload workload, LstmWeights weights) {
      Shape shape = workload.shape();
      int directions = shape.directions();
      memory previous = null;
      for (int layer = 0; layer < shape.layers(); layer++) {
        List<LstmWeights.Cell> cells =
            weights.cells().subList(layer * directions, (layer + 1) * directions);
        boolean last = layer == shape.layers() - 1;
        OneDnnLayer next = new OneDnnLayer(cpu, queue, workload, cells, previous, last);
        layers.add(next);
        previous = next.output();
      }
      OneDnnLayer first = layers.getFirst();
      OneDnnLayer last = layers.getLast();
      input = new OneDnnValues(first.input(), first.inputType(), workload.inputElements());
      output = new OneDnnValues(last.output(), last.outputType(), workload.outputElements());
    }

    @Override
    public void run(float[] x, float[] y) {
      input.write(x);
      for (OneDnnLayer layer : layers) {
        layer.execute();
      }
      queue._wait();
      output.read(y);
    }

    @Override
    public void close() {
      layers.forEach(OneDnnLayer::close);
      queue.close();
      cpu.close();
    }
  }
}

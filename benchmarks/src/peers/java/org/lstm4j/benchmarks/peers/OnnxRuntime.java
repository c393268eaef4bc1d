// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Storage;
import org.lstm4j.benchmarks.engine.Workload;

/** ONNX Runtime: an LSTM node on one thread, direct buffers made once, outputs written to them. */
public final class OnnxRuntime implements EngineProvider {
  @Override
  public String name() {
    return "onnxruntime";
  }

  @Override
  public String version() {
    return Versions.of("onnxruntime");
  }

  @Override
  public boolean runs(Workload workload) {
    return workload.storage() == Storage.F32
        && workload.threads() == 1
        && !workload.learns()
        && !workload.trains();
  }

  @Override
  public LstmEngine open(Workload workload, LstmWeights weights) throws Exception {
    return new Engine(workload, weights);
  }

  private static final class Engine implements LstmEngine {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final FloatBuffer x;
    private final FloatBuffer y;

    /** A call reads one state and writes the other. */
    private final List<Map<String, OnnxTensor>> inputs;

    private final List<Map<String, OnnxTensor>> outputs;
    private int turn;

    Engine(Workload workload, LstmWeights weights) throws Exception {
      int steps = workload.kind().steps();
      int batch = workload.kind().batch();
      Shape shape = workload.shape();
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        session = environment.createSession(new OnnxModel(weights, steps, batch).bytes(), options);
      }
      x = buffer(workload.inputElements());
      y = buffer(workload.outputElements());
      OnnxTensor xTensor = tensor(x, steps, batch, shape.inputSize());
      OnnxTensor yTensor = tensor(y, steps, batch, shape.outputSize());
      Map<String, OnnxTensor> states = states(shape, batch, "");
      Map<String, OnnxTensor> others = states(shape, batch, "");
      inputs = List.of(with(states, "x", xTensor, ""), with(others, "x", xTensor, ""));
      outputs = List.of(with(others, "y", yTensor, "n"), with(states, "y", yTensor, "n"));
    }

    private Map<String, OnnxTensor> states(Shape shape, int batch, String suffix)
        throws OrtException {
      Map<String, OnnxTensor> states = new LinkedHashMap<>();
      int elements = shape.directions() * batch * shape.hiddenSize();
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (String state : List.of("h", "c")) {
          states.put(
              state + suffix + layer,
              tensor(buffer(elements), shape.directions(), batch, shape.hiddenSize()));
        }
      }
      return states;
    }

    /** The tensors of a call; an output's name has the infix {@code n}. */
    private static Map<String, OnnxTensor> with(
        Map<String, OnnxTensor> states, String name, OnnxTensor tensor, String infix) {
      Map<String, OnnxTensor> all = new LinkedHashMap<>();
      all.put(name, tensor);
      states.forEach(
          (state, value) -> all.put(state.charAt(0) + infix + state.substring(1), value));
      return all;
    }

    private OnnxTensor tensor(FloatBuffer buffer, long... dims) throws OrtException {
      return OnnxTensor.createTensor(environment, buffer, dims);
    }

    private static FloatBuffer buffer(int elements) {
      return ByteBuffer.allocateDirect(elements * Float.BYTES)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
    }

    @Override
    public void run(float[] input, float[] output) {
      x.put(0, input);
      try (OrtSession.Result _ = session.run(inputs.get(turn), outputs.get(turn))) {
        y.get(0, output);
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
      turn = 1 - turn;
    }

    @Override
    public void close() {
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
      Set<OnnxTensor> tensors = new HashSet<>(outputs.getFirst().values());
      inputs.forEach(map -> tensors.addAll(map.values()));
      tensors.forEach(OnnxTensor::close);
    }
  }
}

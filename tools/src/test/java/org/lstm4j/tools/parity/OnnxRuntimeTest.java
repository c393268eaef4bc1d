// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.data.NdArray;

/**
 * The ONNX goldens say what ONNX Runtime says: so the equations that the written ones are computed
 * by are those of the operators, and the files are models that others can run.
 */
class OnnxRuntimeTest {
  private static final double TOLERANCE = 1e-6;

  /** Half a unit in the last place of float16, and what is lost before that rounding. */
  private static final double TOLERANCE_FLOAT16 = 0x1p-11 + TOLERANCE;

  /** What ONNX Runtime refuses, and how it says so. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          // PyTorch's exporter writes an operator there that ONNX never had.
          Map.entry("opset-7", "ConstantFill"),
          Map.entry("opset-8", "ConstantFill"),
          // Made for inputs of one size, which lstm4j takes for a suggestion.
          Map.entry("lstm-fixed-sizes", "invalid dimensions"),
          Map.entry("given-state", "invalid dimensions"),
          Map.entry("read-hidden-fixed-sizes", "invalid dimensions"),
          Map.entry("learned-state-fixed-sizes", "invalid dimensions"),
          Map.entry("residual-fixed-sizes", "invalid dimensions"),
          Map.entry("lstm-float64", "does not support double"),
          Map.entry("written-lstm-layout-1", "layout == 1"),
          Map.entry("written-lstm-layout-1-bidirectional", "layout == 1"),
          Map.entry("written-lstm-layout-1-state", "layout == 1"),
          Map.entry("written-gru-reverse-layout-1", "layout == 1"));

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  @ParameterizedTest
  @MethodSource("org.lstm4j.tools.parity.Golden#onnx")
  void computesTheSame(Golden golden) throws IOException, OrtException {
    String reason = REFUSED.get(golden.name());
    if (reason != null) {
      String message = assertThrows(OrtException.class, () -> compare(golden)).getMessage();
      assertTrue(message.contains(reason), message);
    } else {
      compare(golden);
    }
  }

  @Test
  void everyRefusedOneIsAGolden() {
    Set<String> names = new TreeSet<>();
    Golden.onnx().forEach(golden -> names.add(golden.name()));
    assertTrue(names.containsAll(REFUSED.keySet()), REFUSED::toString);
  }

  private static void compare(Golden golden) throws IOException, OrtException {
    NamedArrays arrays = golden.read();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OrtSession session = ENVIRONMENT.createSession(golden.checkpoint().toString())) {
      for (var input : session.getInputInfo().entrySet()) {
        TensorInfo info = (TensorInfo) input.getValue().getInfo();
        inputs.put(input.getKey(), tensor(array(arrays, input.getKey()), info));
      }
      try (OrtSession.Result results = session.run(inputs)) {
        for (Map.Entry<String, OnnxValue> result : results) {
          String key = result.getKey().matches("hn|cn") ? result.getKey() : "out";
          compare(golden + " " + key, arrays.arrays().get(key), (OnnxTensor) result.getValue());
        }
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** The first input is called x whatever it is. */
  private static NdArray array(NamedArrays arrays, String input) {
    return arrays.find(input).or(() -> arrays.find("tokens")).orElseThrow();
  }

  private static OnnxTensor tensor(NdArray array, TensorInfo info)
      throws IOException, OrtException {
    long[] shape = array.shape();
    return switch (info.type) {
      case FLOAT -> OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(array.floats()), shape);
      case FLOAT16 -> float16(array.floats(), shape);
      case DOUBLE ->
          OnnxTensor.createTensor(ENVIRONMENT, DoubleBuffer.wrap(array.doubles()), shape);
      case INT32 -> OnnxTensor.createTensor(ENVIRONMENT, IntBuffer.wrap(array.ints()), shape);
      case INT64 ->
          OnnxTensor.createTensor(
              ENVIRONMENT,
              LongBuffer.wrap(Arrays.stream(array.ints()).asLongStream().toArray()),
              shape);
      default -> throw new OrtException("an input of " + info.type);
    };
  }

  private static OnnxTensor float16(float[] values, long[] shape) throws OrtException {
    ShortBuffer bits = ShortBuffer.allocate(values.length);
    for (float value : values) {
      bits.put(Float.floatToFloat16(value));
    }
    return OnnxTensor.createTensor(ENVIRONMENT, bits.flip(), shape, OnnxJavaType.FLOAT16);
  }

  private static void compare(String what, NdArray expected, OnnxTensor found) {
    long[] shape = found.getInfo().getShape();
    assertEquals(Arrays.toString(expected.shape()), Arrays.toString(shape), what);
    double[] reference = expected.doubles();
    FloatBuffer values = found.getFloatBuffer();
    double error = 0;
    double largest = 1;
    for (int i = 0; i < reference.length; i++) {
      error = Math.max(error, Math.abs(values.get(i) - reference[i]));
      largest = Math.max(largest, Math.abs(reference[i]));
    }
    boolean half = found.getInfo().type == OnnxJavaType.FLOAT16;
    double tolerance = half ? TOLERANCE_FLOAT16 : TOLERANCE;
    assertTrue(error <= tolerance * largest, what + " differs by " + error);
  }
}

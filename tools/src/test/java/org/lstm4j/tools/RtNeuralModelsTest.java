// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;

/** The networks that RTNeural tests itself with, where a copy of them lies beside the project. */
class RtNeuralModelsTest {
  // Module, worktree, what lies beside it.
  private static final Path MODELS = Path.of("..", "..", "shared", "models", "rtneural");

  // PyTorch's own results are in float32.
  private static final float TOLERANCE = 1e-6f;

  @ParameterizedTest
  @ValueSource(strings = {"lstm_torch", "gru_torch"})
  void aStateDictAsJsonGivesTheOutputsOfPyTorch(String name) throws IOException {
    Path json = MODELS.resolve(name + ".json");
    assumeTrue(Files.exists(json), "skipped: there is no " + json);
    float[] x = numbers(name + "_x_python.csv");
    float[] expected = numbers(name + "_y_python.csv");
    try (Network network = Checkpoints.importNetwork(json, ImportOptions.none()).network();
        Session session = network.newSession()) {
      float[] y = new float[expected.length];
      float[] in = new float[1];
      float[] out = new float[1];
      for (int t = 0; t < x.length; t++) {
        in[0] = x[t];
        session.step(in, out);
        y[t] = out[0];
      }
      assertArrayEquals(expected, y, TOLERANCE);
    }
  }

  private static float[] numbers(String file) throws IOException {
    double[] values =
        Files.readAllLines(MODELS.resolve(file)).stream()
            .mapToDouble(Double::parseDouble)
            .toArray();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.State;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.cli.Comparison;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.cli.Verification;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

/**
 * The recurrent parts of networks that others trained and published compute what they compute in
 * PyTorch. These files are no part of the project: they lie in a folder beside it, or the tests are
 * skipped.
 */
class PublishedModelsTest {
  /** PyTorch's own float32 results are up to 3.6e-6 from these goldens. */
  private static final double TOLERANCE = 4e-6;

  /** Where the published models would lie: the tests run in the folder of their module. */
  private static final Path MODELS =
      Path.of("").toAbsolutePath().getParent().resolveSibling("shared").resolve("models");

  private static Path file(String name) {
    Path file = MODELS.resolve(name);
    assumeTrue(Files.exists(file), () -> "skipped, since " + name + " is not in ../shared/models");
    return file;
  }

  private static Network select(Path file, String part) throws IOException {
    ImportOptions options = ImportOptions.builder().select(part).build();
    return Checkpoints.importNetwork(file, options).network();
  }

  private static void assertClose(double[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected[i], found[i], TOLERANCE * Math.max(1, Math.abs(expected[i])));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dtln/dtln_torch_zip.pth, sep1.rnn1",
    "dtln/dtln_torch_zip.pth, sep1.rnn2",
    "dtln/dtln_torch_zip.pth, sep2.rnn1",
    "dtln/dtln_torch_zip.pth, sep2.rnn2",
    "cstr/cstr_lstmp_zip.pt, model"
  })
  void everyLstmOfACheckpointIsThatOfPyTorch(String checkpoint, String part) throws IOException {
    Path file = file(checkpoint);
    Map<String, NdArray> all =
        Npz.read(file.resolveSibling("golden_" + file.getFileName() + ".npz"));
    Map<String, NdArray> golden = new LinkedHashMap<>();
    golden.put("x", all.get(part + "|x"));
    golden.put("out", all.get(part + "|y"));
    golden.put("hn", all.get(part + "|hn"));
    golden.put("cn", all.get(part + "|cn"));
    try (Network network = select(file, part)) {
      for (Comparison comparison :
          new Verification(network, TOLERANCE).verify(new NamedArrays(part, golden))) {
        assertTrue(comparison.holds(), comparison::toString);
      }
    }
  }

  /**
   * The upstream evaluation of the stirred tank: for 25 steps the measured output takes the place
   * of the hidden state, which is the output of a projected LSTM; then the model runs on its own.
   */
  @Test
  void theTankIsSimulatedAsUpstreamSimulatesIt() throws IOException {
    Path file = file("cstr/cstr_lstmp_zip.pt");
    Map<String, NdArray> golden = Npz.read(file.resolveSibling("golden_cstr_upstream_eval.npz"));
    int batch = (int) golden.get("u").shape()[0];
    int samples = (int) golden.get("u").shape()[1];
    float[] u = golden.get("u").floats();
    float[] measured = golden.get("y").floats();
    float[] expected = golden.get("upstream_y_sim").floats();
    float[] out = new float[batch * 2];
    try (Network network = Checkpoints.importNetwork(file, ImportOptions.none()).network();
        Session session = network.newSession(SessionOptions.defaults().withBatch(batch))) {
      for (int t = 0; t < samples - 1; t++) {
        if (t < 25) {
          State state = session.state();
          float[] h = state.h(state.layers().getFirst());
          System.arraycopy(sample(measured, batch, samples, t), 0, h, 0, h.length);
          session.setState(state);
        }
        session.step(sample(u, batch, samples, t + 1), out);
        float[] upstream = sample(expected, batch, samples - 1, t);
        for (int i = 0; i < out.length; i++) {
          assertEquals(upstream[i], out[i], 1e-5f, "sample " + t);
        }
      }
    }
  }

  /** The two features of every batch row at one time, out of [batch, sample, feature]. */
  private static float[] sample(float[] all, int batch, int samples, int time) {
    float[] features = new float[batch * 2];
    for (int row = 0; row < batch; row++) {
      System.arraycopy(all, (row * samples + time) * 2, features, row * 2, 2);
    }
    return features;
  }

  @Test
  void theCellOfAVoiceDetectorEndsInPyTorchsState() throws IOException {
    Path file = file("silero/silero_vad_16k.safetensors");
    Map<String, NdArray> golden = Npz.read(file.resolveSibling("golden_safetensors_16k.npz"));
    float[] inputs = golden.get("lstm_input_f32").floats();
    try (Network network = select(file, "lstm_cell");
        Session session = network.newSession()) {
      float[] x = new float[128];
      float[] y = new float[128];
      for (int from = 0; from < inputs.length; from += x.length) {
        System.arraycopy(inputs, from, x, 0, x.length);
        session.step(x, y);
      }
      State state = session.state();
      String cell = state.layers().getFirst();
      assertClose(golden.get("h_f64_last").doubles(), state.h(cell));
      assertClose(golden.get("c_f64_last").doubles(), state.c(cell));
    }
  }

  /** Both LSTMs of the first stage, and the mask behind them, of one frame at a time. */
  @ParameterizedTest
  @CsvSource({"'LSTM_1,LSTM_3', rnn2_out", "'LSTM_1,Sigmoid_8', mask"})
  void theRecurrentPartOfAnOnnxGraphIsThatOfPyTorch(String part, String output) throws IOException {
    Path file = file("dtln/dtln_p1_torch19_opset9.onnx");
    Map<String, NdArray> golden = Npz.read(file.resolveSibling("golden_dtln_sep1.npz"));
    float[] frames = golden.get("mag").floats();
    try (Network network = select(file, part);
        Session session = network.newSession()) {
      int steps = frames.length / network.inputSize();
      float[] whole = new float[steps * network.outputSize()];
      session.run(frames, steps, whole);
      assertClose(golden.get(output).doubles(), whole);
      session.reset();
      assertArrayEquals(whole, stepped(session, frames, network), 0f);
    }
  }

  private static float[] stepped(Session session, float[] frames, Network network) {
    float[] x = new float[network.inputSize()];
    float[] y = new float[network.outputSize()];
    float[] all = new float[frames.length / x.length * y.length];
    for (int t = 0; t * x.length < frames.length; t++) {
      System.arraycopy(frames, t * x.length, x, 0, x.length);
      session.step(x, y);
      System.arraycopy(y, 0, all, t * y.length, y.length);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dtln/dtln_torch_zip.pth", "silero/silero_vad_16k.safetensors"})
  void networksWithOtherPartsAreRefusedWithTheWayToTheRecurrentOnes(String name)
      throws IOException {
    Path file = file(name);
    String sentence =
        assertThrows(
                ModelFormatException.class,
                () -> Checkpoints.importNetwork(file, ImportOptions.none()).network().close())
            .getMessage();
    assertTrue(sentence.contains("conv1.weight") && sentence.contains("--select"), sentence);
  }
}

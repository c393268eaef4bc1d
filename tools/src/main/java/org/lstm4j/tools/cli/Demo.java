// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;
import org.lstm4j.tools.plot.Plot;

/**
 * The demonstration: a network that PyTorch trained to forecast the Mackey-Glass series, from its
 * checkpoint to a forecast. {@code tools/src/test/python/train_demo.py} trained it.
 */
final class Demo {
  private static final String RESOURCES = "/org/lstm4j/tools/demo/";

  /** What is drawn of the forecast: enough swings to judge it, few enough to see each. */
  private static final int DRAWN_STEPS = 300;

  private final Path checkpoint;
  private final Path golden;
  private final Path model;
  private final Path picture;
  private final PrintWriter out;

  Demo(Path folder, PrintWriter out) {
    this.checkpoint = folder.resolve("mackey-glass.pt");
    this.golden = folder.resolve("mackey-glass.npz");
    this.model = folder.resolve("mackey-glass.l4j");
    this.picture = folder.resolve("forecast.png");
    this.out = out;
  }

  /** Whether the forecast is PyTorch's. */
  boolean run() throws IOException {
    say("A small LSTM that PyTorch trained to forecast a chaotic series, run in Java.");
    say("");
    unpack(checkpoint);
    unpack(golden);
    convert();
    boolean holds;
    try (Network network = ModelFile.open(model)) {
      holds = forecast(network);
    }
    sayWhatNext();
    return holds;
  }

  private static void unpack(Path target) throws IOException {
    try (InputStream resource = Demo.class.getResourceAsStream(RESOURCES + target.getFileName())) {
      AtomicFile.write(target, resource::transferTo);
    }
  }

  private void convert() throws IOException {
    say("checkpoint  %s, written by torch.save", checkpoint);
    try (LoadedModel imported =
        LoadedModel.importCheckpoint(checkpoint, ImportOptions.builder().read("all").build())) {
      imported.network().layers().forEach(layer -> say("            %s", LayerSummary.of(layer)));
      ModelFile.write(imported.network(), model);
    }
    say("model       %s, %,d bytes, opened by mmap", model, Files.size(model));
  }

  private boolean forecast(Network network) throws IOException {
    NamedArrays arrays = new NamedArrays(golden.toString(), Npz.read(golden));
    float[] series = arrays.arrays().get("x").floats();
    float[][] inputs = new float[series.length][];
    Arrays.setAll(inputs, t -> new float[] {series[t]});
    float[] forecast = new float[series.length];
    try (Session session = network.newSession()) {
      stepThrough(session, inputs, forecast);
      boolean holds = compare(network, arrays, forecast);
      sayTimes(StepTimes.measure(session, inputs));
      draw(arrays.arrays().get("truth").floats(), forecast);
      return holds;
    }
  }

  private void stepThrough(Session session, float[][] inputs, float[] forecast) {
    float[] y = new float[1];
    for (int t = 0; t < inputs.length; t++) {
      session.step(inputs[t], y);
      forecast[t] = y[0];
    }
    say("run         %,d time steps of an unseen stretch, one at a time", inputs.length);
  }

  private boolean compare(Network network, NamedArrays arrays, float[] forecast)
      throws IOException {
    NdArray result = NdArray.of(forecast, arrays.arrays().get("out").shape());
    Comparison comparison =
        new Verification(network, Verification.DEFAULT_TOLERANCE)
            .compare(arrays, new NamedArrays("demo", Map.of("out", result)))
            .getFirst();
    say(
        "parity      largest difference to PyTorch's float64 outputs %.2g; bound %.2g: %s",
        comparison.absolute(), comparison.bound(), comparison.holds() ? "ok" : "FAILED");
    say(
        "            (PyTorch's own float32 outputs differ by %.2g)",
        comparison.pytorch().orElseThrow());
    return comparison.holds();
  }

  private void sayTimes(StepTimes times) {
    say(
        "speed       median %.2f, 99.9th percentile %.2f microseconds per step",
        times.microsAtPercentile(50), times.microsAtPercentile(99.9));
    say("            (%,d steps measured after two seconds of warm-up)", times.steps());
  }

  private void draw(float[] truth, float[] forecast) throws IOException {
    int first = Math.max(0, truth.length - DRAWN_STEPS);
    Plot.forecast(
            "Mackey-Glass series, forecast 6 samples ahead",
            Arrays.copyOfRange(truth, first, truth.length),
            Arrays.copyOfRange(forecast, first, truth.length),
            "time step",
            "value")
        .write(picture);
    say("picture     %s, the forecast drawn over the truth", picture);
  }

  private void sayWhatNext() {
    say("");
    say("Try next:");
    say("  tools/lstm4j inspect %s", model);
    say("  tools/lstm4j verify %s %s", model, golden);
    say("and with a network of your own, saved by torch.save(model.state_dict(), 'model.pt'):");
    say("  tools/lstm4j convert model.pt -o model.l4j");
    say("  tools/lstm4j run model.l4j -i x.npy -o out.npy");
  }

  private void say(String text, Object... values) {
    out.println(String.format(Locale.ROOT, text, values));
  }
}

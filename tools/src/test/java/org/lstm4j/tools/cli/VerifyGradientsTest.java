// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

/** {@code lstm4j verify --gradients}, of what PyTorch's autograd gave. */
class VerifyGradientsTest {
  private static final String FC = "grad.fc.weight";

  @TempDir private Path folder;
  private Path checkpoint;
  private Path golden;
  private Map<String, NdArray> arrays;

  @BeforeEach
  void read() throws IOException {
    use("cell-linear-last", "cell-linear");
  }

  private void use(String name, String file) throws IOException {
    checkpoint = Goldens.folder().resolve(file + ".pt");
    golden = folder.resolve("golden.npz");
    arrays =
        new LinkedHashMap<>(Npz.read(Goldens.folder().resolve("gradients").resolve(name + ".npz")));
  }

  @Test
  void gradientsThatAgreeAreListedAndTheExitCodeIsZero() throws IOException {
    CommandRun run = verify();
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertEquals("", notes(run), run.err());
    for (String key : new String[] {"grad_x", "grad_h0", "grad_c0", FC, "grad.cell.bias_hh"}) {
      assertTrue(run.out().contains("ok     " + key + ": largest error "), run.out());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"grad_x", "grad_h0", "grad_c0", FC, "grad.cell.weight_ih"})
  void oneGradientOutOfBoundFailsTheWhole(String key) throws IOException {
    arrays.keySet().removeIf(name -> name.contains("_f32"));
    arrays.put(key, shifted(arrays.get(key), 1e-3));
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("FAILED " + key + ": largest error "), run.out());
    assertEquals(1, run.out().split("FAILED", -1).length - 1, run.out());
  }

  @Test
  void theBoundIsRelativeToTheLargestGradientHoweverSmall() throws IOException {
    for (String key : new String[] {"wo", "wh", "wc"}) {
      arrays.put(key, scaled(arrays.get(key), 1e-6));
    }
    arrays.entrySet().removeIf(entry -> entry.getKey().contains("_f32"));
    arrays.replaceAll((key, array) -> key.startsWith("grad") ? scaled(array, 1e-6) : array);
    assertEquals(0, verify("--tolerance", "1e-5").exitCode());
    arrays.put(FC, shifted(arrays.get(FC), 1e-9));
    assertEquals(1, verify("--tolerance", "1e-5").exitCode());
    assertEquals(0, verify("--tolerance", "1e-2").exitCode());
  }

  @Test
  void theWeightsOfTheLossAreThoseOfTheGolden() throws IOException {
    arrays.put("wc", scaled(arrays.get("wc"), 1.5));
    assertEquals(1, verify().exitCode());
  }

  @Test
  void whatTheGoldenDoesNotHoldIsNamedAndNotCompared() throws IOException {
    arrays.remove(FC);
    CommandRun run = verify();
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(notes(run).contains("does not hold " + FC), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"wo", "wh", "wc"})
  void aGoldenWithoutAWeightOfTheLossIsRefused(String key) throws IOException {
    arrays.remove(key);
    assertRefused("holds no '" + key + "'; store the weights of the loss");
  }

  @Test
  void aGoldenWithoutGradientsIsRefused() throws IOException {
    arrays.keySet().removeIf(key -> key.startsWith("grad"));
    assertRefused("holds no gradients to compare with");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wo", "wh", "wc", "grad_x", "grad_h0_f32", FC})
  void anArrayOfAnotherShapeIsRefused(String key) throws IOException {
    arrays.put(key, NdArray.of(new float[] {1, 2}, 2));
    assertRefused(key + " has the shape [2] where [");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grad.gone.weight", "grad_h0|cell"})
  void aGradientOfNothingIsNotSilentlyDropped(String key) throws IOException {
    arrays.put(key, arrays.get(FC));
    assertRefused(key + " is the gradient of nothing that this network has");
  }

  @Test
  void tokensHaveNoGradient() throws IOException {
    use("language-model", "language-model");
    arrays.put("grad_x", arrays.get(FC));
    assertRefused(
        "grad_x is the gradient of nothing that this network has; 'lstm4j inspect' names its"
            + " parameters, and tokens have no gradient");
  }

  @Test
  void whatLiesBeyondALengthCountsForNothing() throws IOException {
    use("lengths-gru", "lengths-gru");
    // Of [11, 5, 7], the last step of the last row but one, which has 7 steps.
    arrays.put("wo", shifted(arrays.get("wo"), arrays.get("wo").size() - 1 - 7, 1));
    Npz.write(golden, arrays);
    assertEquals(0, CommandRun.of("verify", checkpoint, golden, "--gradients").exitCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "int8"})
  void smallerWeightsHaveNoGradients(String weights) throws IOException {
    CommandRun run = verify("--weights", weights);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--gradients are those of f32 weights"), run.err());
  }

  @Test
  void aNetworkThatCannotGoBackIsRefused() throws IOException {
    Path model = folder.resolve("feedback.l4j");
    try (Network network = TestNetworks.build(TestNetworks.oneToMany())) {
      ModelFile.write(network, model);
    }
    Map<String, NdArray> input =
        Map.of(
            "x", NdArray.of(new float[3], 1, 3),
            "wo", NdArray.of(new float[15], 5, 1, 3),
            "wh", NdArray.of(new float[4], 1, 1, 4),
            "wc", NdArray.of(new float[4], 1, 1, 4),
            "grad_x", NdArray.of(new float[3], 1, 3));
    Npz.write(golden, input);
    CommandRun run = CommandRun.of("verify", model, golden, "--gradients");
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("fed its own output"), run.err());
  }

  private void assertRefused(String beginning) throws IOException {
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    String sentence =
        run.err().lines().filter(line -> line.startsWith("lstm4j: ")).findFirst().orElse("");
    assertTrue(sentence.startsWith("lstm4j: " + golden + ": " + beginning), run.err());
  }

  private CommandRun verify(String... options) throws IOException {
    Npz.write(golden, arrays);
    return CommandRun.of(
        Stream.concat(
                Stream.of("verify", checkpoint, golden, "--gradients", "--read", "last"),
                Stream.of(options))
            .toArray());
  }

  private static String notes(CommandRun run) {
    return String.join("\n", run.err().lines().filter(line -> line.startsWith("note: ")).toList());
  }

  private static NdArray shifted(NdArray array, double shift) {
    return shifted(array, array.size() - 1, shift);
  }

  private static NdArray shifted(NdArray array, int element, double shift) {
    double[] values = array.doubles();
    values[element] += shift;
    return NdArray.of(values, array.shape());
  }

  private static NdArray scaled(NdArray array, double factor) {
    double[] values = array.doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return NdArray.of(values, array.shape());
  }
}

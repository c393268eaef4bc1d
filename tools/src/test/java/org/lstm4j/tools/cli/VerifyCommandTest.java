// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

class VerifyCommandTest {
  @TempDir private Path folder;
  private Path model;
  private Path golden;
  private Map<String, NdArray> arrays;

  @BeforeEach
  void writeModelAndGolden() throws IOException {
    model = folder.resolve("model.l4j");
    golden = folder.resolve("golden.npz");
    NdArray x = NdArray.of(new float[] {1, 2, 3, -1, 0, 1}, 2, 1, 3);
    try (Network network = TestNetworks.build(TestNetworks.twoLstms())) {
      ModelFile.write(network, model);
      NamedArrays input = new NamedArrays("x", Map.of("x", x));
      arrays =
          new LinkedHashMap<>(new SequenceRunner(network).run(input, OptionalInt.empty()).arrays());
    }
    arrays.put("x", x);
  }

  @Test
  void resultsThatAgreeAreListedAndTheExitCodeIsZero() throws IOException {
    CommandRun run = verify();
    assertEquals(0, run.exitCode(), run.err());
    for (String key : new String[] {"out", "hn|a", "cn|a", "hn|b", "cn|b"}) {
      assertTrue(run.out().contains("ok     " + key + ": largest error 0.00 absolute"), run.out());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out", "hn|a", "cn|a", "hn|b", "cn|b"})
  void oneResultOutOfBoundFailsTheWhole(String key) throws IOException {
    shiftLastElement(key, 1e-3);
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertEquals("", run.err());
    assertTrue(run.out().contains("FAILED " + key + ": largest error 0.00100"), run.out());
  }

  @Test
  void statesThatTheGoldenDoesNotHoldAreNotCompared() throws IOException {
    arrays.keySet().removeIf(key -> key.startsWith("hn") || key.startsWith("cn"));
    CommandRun run = verify();
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, run.out().lines().count(), run.out());
  }

  @Test
  void theToleranceMovesTheBound() throws IOException {
    shiftLastElement("out", 1e-3);
    assertEquals(0, verify("--tolerance", "0.01").exitCode());
    assertEquals(1, verify("--tolerance", "0.0001").exitCode());
  }

  @Test
  void pyTorchsOwnErrorTakesThePlaceOfTheTolerance() throws IOException {
    shiftLastElement("out", 1e-3);
    arrays.put("out_f32", shifted(arrays.get("out"), 0.6e-3));
    assertEquals(0, verify("--tolerance", "0").exitCode());
    arrays.put("out_f32", shifted(arrays.get("out"), 0.4e-3));
    assertEquals(1, verify("--tolerance", "1").exitCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "int8"})
  void theErrorOfSmallerWeightsIsReportedAndBoundByNothing(String weights) throws IOException {
    arrays.put("out_f32", arrays.get("out"));
    shiftLastElement("hn|a", 1e3);
    CommandRun run = verify("--weights", weights);
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertTrue(run.out().contains("ok     out: largest error"), run.out());
    assertTrue(run.out().contains("of the largest magnitude"), run.out());
    assertFalse(run.out().contains("; bound"), run.out());
    assertTrue(run.out().contains("with " + weights + " weights"), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "int8"})
  void aToleranceBoundsSmallerWeightsToo(String weights) throws IOException {
    // PyTorch's own error, as large as it may be, makes no bound for them.
    arrays.put("out_f32", shifted(arrays.get("out"), 1));
    assertEquals(0, verify("--weights", weights, "--tolerance", "0.05").exitCode());
    CommandRun run = verify("--weights", weights, "--tolerance", "0");
    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("FAILED out: largest error"), run.out());
    assertTrue(run.out().contains("; bound 0.00"), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "int8"})
  void aResultThatIsNotFiniteFailsWhateverTheWeights(String weights) throws IOException {
    arrays.put("x", NdArray.of(new float[] {1, 2, 3, Float.NaN, 0, 1}, 2, 1, 3));
    CommandRun run = verify("--weights", weights);
    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("FAILED out"), run.out());
  }

  @Test
  void float32WeightsKeepTheBoundOfFloat32() throws IOException {
    assertEquals(verify(), verify("--weights", "f32"));
  }

  @Test
  void smallerWeightsOfARealModelCostSomeAccuracyButNotMuch() throws IOException {
    Path checkpoint = Goldens.folder().resolve("lstm-40-64.pt");
    NamedArrays reference =
        new NamedArrays("golden", Npz.read(Goldens.folder().resolve("lstm-40-64.npz")));
    for (WeightStorage weights : List.of(WeightStorage.BFLOAT16, WeightStorage.INT8)) {
      try (LoadedModel loaded =
          LoadedModel.importCheckpoint(checkpoint, ImportOptions.none(), weights)) {
        assertEquals(weights, loaded.network().weights());
        Verification verification = new Verification(loaded.network(), ErrorBound.none());
        Comparison out = verification.verify(reference).getFirst();
        assertTrue(out.absolute() > 1e-5 && out.absolute() < 0.05, weights + " " + out);
      }
    }
  }

  @Test
  void aGoldenWithoutInputIsRefused() throws IOException {
    arrays.remove("x");
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().startsWith(golden + ": holds no 'x'"), run.err());
  }

  @Test
  void aGoldenOfFinalStatesAloneIsEnough() throws IOException {
    arrays.keySet().removeIf(key -> !key.equals("x") && !key.equals("hn|b"));
    CommandRun run = verify();
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, run.out().lines().count(), run.out());
    assertTrue(run.out().startsWith("ok     hn|b: "), run.out());

    shiftLastElement("hn|b", 1e-3);
    assertEquals(1, verify().exitCode());
  }

  @Test
  void aGoldenWithNothingToCompareIsRefused() throws IOException {
    arrays.keySet().removeIf(key -> !key.equals("x"));
    arrays.put("out_f32", arrays.get("x"));
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().startsWith(golden + ": holds nothing to compare with"), run.err());
  }

  /** Sequences of 1 and 2 time steps; the element before the last is beyond no length. */
  private void useLengths() throws IOException {
    NdArray x = NdArray.of(new float[] {1, 2, 3, -1, 0, 1, 4, 0, 0, 1, 1, 1}, 2, 2, 3);
    NdArray lengths = NdArray.of(new long[] {1, 2}, 2);
    try (Network network = ModelFile.open(model)) {
      NamedArrays input = new NamedArrays("x", Map.of("x", x, "lengths", lengths));
      arrays =
          new LinkedHashMap<>(new SequenceRunner(network).run(input, OptionalInt.empty()).arrays());
    }
    arrays.put("x", x);
    arrays.put("lengths", lengths);
  }

  @Test
  void withLengthsTheOutputIsComparedUpToEachOfThem() throws IOException {
    useLengths();
    assertEquals(new CommandRun(0, verify().out(), ""), verify());
    // Of [2, 2, 2], the second step of the first row: padding, such as a Linear's bias.
    arrays.put("out", shifted(arrays.get("out"), 4, 0.5));
    arrays.put("out", shifted(arrays.get("out"), 5, Double.NaN));
    assertEquals(0, verify().exitCode());
    arrays.put("out", shifted(arrays.get("out"), 6, 1e-3));
    assertEquals(1, verify().exitCode());
  }

  @Test
  void withLengthsAWrongFinalStateFails() throws IOException {
    useLengths();
    arrays.put("cn|b", shifted(arrays.get("cn|b"), 0, 1e-3));
    assertEquals(1, verify().exitCode());
  }

  @Test
  void aGoldenWithOtherLengthsFails() throws IOException {
    useLengths();
    arrays.put("lengths", NdArray.of(new long[] {2, 2}, 2));
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("FAILED hn|a"), run.out());
  }

  @Test
  void aGoldenWithWrongLengthsIsRefused() throws IOException {
    useLengths();
    arrays.put("lengths", NdArray.of(new long[] {1, 3}, 2));
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().startsWith(golden + ": lengths holds 3"), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"out", "out_f32", "hn|a"})
  void aReferenceOfAnotherShapeIsRefused(String key) throws IOException {
    arrays.put(key, NdArray.of(new float[] {1, 2}, 2));
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().startsWith(golden + ": " + key + " has the shape [2]"), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hn", "cn|c"})
  void aReferenceOfNoRecurrentPartIsNotSilentlyDropped(String key) throws IOException {
    arrays.put(key, NdArray.of(new float[] {1, 2}, 2));
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("no recurrent part"), run.err());
  }

  private CommandRun verify(Object... options) throws IOException {
    Npz.write(golden, arrays);
    Object[] args = new Object[options.length + 3];
    System.arraycopy(options, 0, args, 3, options.length);
    args[0] = "verify";
    args[1] = model;
    args[2] = golden;
    return CommandRun.of(args);
  }

  private void shiftLastElement(String key, double shift) {
    arrays.put(key, shifted(arrays.get(key), shift));
  }

  private static NdArray shifted(NdArray array, double shift) {
    return shifted(array, array.size() - 1, shift);
  }

  private static NdArray shifted(NdArray array, int element, double shift) {
    double[] values = array.doubles();
    values[element] += shift;
    return NdArray.of(values, array.shape());
  }
}

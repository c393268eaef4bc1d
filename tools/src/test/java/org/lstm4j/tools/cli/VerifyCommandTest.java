// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
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
  @ValueSource(strings = {"x", "out"})
  void aGoldenWithoutInputOrOutputIsRefused(String key) throws IOException {
    arrays.remove(key);
    CommandRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().startsWith(golden + ": holds no '" + key + "'"), run.err());
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
    double[] values = array.doubles();
    values[values.length - 1] += shift;
    return NdArray.of(values, array.shape());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("fuzz")
@Execution(ExecutionMode.CONCURRENT)
class FuzzingTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 20);
  // It takes a few; this is for a machine that does much else.
  private static final int SECONDS_TO_FIND = 120;

  /** Those that {@code -Dfuzz.readers=JSON,ONNX} names, or all. */
  static List<FuzzedReader> readers() {
    String names = System.getProperty("fuzz.readers", "");
    return names.isEmpty()
        ? List.of(FuzzedReader.values())
        : Stream.of(names.split(",")).map(FuzzedReader::valueOf).toList();
  }

  @ParameterizedTest
  @MethodSource("readers")
  void noInputBreaksTheContractOf(FuzzedReader reader) throws Exception {
    List<byte[]> seeds = new ArrayList<>(reader.seeds());
    seeds.addAll(Seeds.found(reader));

    Fuzzer.Outcome outcome =
        Fuzzer.run(reader.name(), FuzzTarget.class, seeds, SECONDS, reader.name());

    assertFalse(outcome.found(), outcome::toString);
  }

  /** Else all would be well with a fuzzer that does nothing. */
  @Test
  void aPlantedBugIsFound() throws Exception {
    byte[] seed = "no magic number".getBytes(StandardCharsets.US_ASCII);

    Fuzzer.Outcome outcome =
        Fuzzer.run("PLANTED_BUG", PlantedBug.class, List.of(seed), SECONDS_TO_FIND);

    assertTrue(outcome.exception().contains("NegativeArraySizeException"), outcome::toString);
    assertTrue(Files.size(outcome.input().orElseThrow()) >= PlantedBug.SHORTEST);
  }
}

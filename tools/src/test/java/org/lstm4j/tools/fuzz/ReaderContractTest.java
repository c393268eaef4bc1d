// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.FileNotFoundException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.format.ModelFormatException;

class ReaderContractTest {
  private static final int MUCH = 100 << 20;

  @TempDir private Path folder;

  @Test
  void aFileMayBeReadOrRefusedWithASentence() {
    assertDoesNotThrow(() -> check(_ -> {}));
    assertDoesNotThrow(() ->
        check(file -> {
          throw new ModelFormatException(file + ": is damaged");
        }));
  }

  static Stream<Arguments> breaches() {
    return Stream.of(
        breach(
            "does not name the file: is damaged",
            _ -> {
              throw new ModelFormatException("is damaged");
            }),
        breach(
            "no line",
            file -> {
              throw new ModelFormatException(file + ": is\ndamaged");
            }),
        breach(
            "characters",
            file -> {
              throw new ModelFormatException(file + "a".repeat(10_000));
            }),
        breach("for a file of 3 bytes", _ -> assertTrue(new byte[MUCH].length > 0)),
        breach(
            "for a file of 3 bytes", _ -> assertTrue(Arena.ofAuto().allocate(MUCH).byteSize() > 0)),
        breach("for a file of 3 bytes", _ -> compute()));
  }

  private static Arguments breach(String words, ReaderContract.Reading reading) {
    return arguments(words, reading);
  }

  private static void compute() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long end = threads.getCurrentThreadCpuTime() + 2_100_000_000L;
    while (threads.getCurrentThreadCpuTime() < end) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @MethodSource("breaches")
  void allElseBreaksTheContract(String words, ReaderContract.Reading reading) {
    String message = assertThrows(AssertionError.class, () -> check(reading)).getMessage();

    assertTrue(message.contains(words), message);
  }

  @Test
  void soDoesEveryOtherException() {
    assertThrows(
        FileNotFoundException.class,
        () ->
            check(_ -> {
              throw new FileNotFoundException();
            }));
  }

  private void check(ReaderContract.Reading reading) throws Exception {
    ReaderContract.of(reading).check(new byte[3], folder.resolve("file"));
  }
}

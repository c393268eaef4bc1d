// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IoProblemTest {
  static Stream<Arguments> problems() {
    return Stream.of(
        arguments(
            new NoSuchFileException("f"), "there is no such file or directory; check the path"),
        arguments(new AccessDeniedException("f"), "access was denied; check the permissions"),
        arguments(new FileSystemException("f", null, "Too many levels"), "Too many levels"),
        arguments(new IOException("No space left on device"), "No space left on device"));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void isDescribedInWords(IOException problem, String words) {
    assertEquals(words, IoProblem.describe(problem));
  }
}

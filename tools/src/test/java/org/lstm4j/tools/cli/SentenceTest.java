// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.format.ModelFormatException;

class SentenceTest {
  static Stream<Arguments> problems() {
    return Stream.of(
        arguments(new ModelFormatException("a.l4j: it is empty"), "a.l4j: it is empty"),
        arguments(new IllegalArgumentException("batch must be positive"), "batch must be"),
        arguments(new NoSuchFileException("a.pt"), "a.pt: there is no such"),
        arguments(new AccessDeniedException("a.pt"), "a.pt: access was denied"),
        arguments(new FileSystemException("a.pt", null, "No space left"), "No space left"),
        arguments(new FileSystemException("a.pt"), "a.pt: cannot be read or written"),
        arguments(new IOException("Broken pipe"), "output failed: Broken pipe"),
        arguments(new IOException("a.l4j: cannot", new IOException("x")), "a.l4j: cannot"),
        arguments(new OutOfMemoryError("Java heap space"), "memory"),
        arguments(new StackOverflowError(), "nests"),
        arguments(new InternalError("fault in mapped memory"), "truncated"));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void knownProblemsAreSaidWithoutNamingAClass(Throwable problem, String expected) {
    String sentence = Sentence.of(problem);
    assertTrue(sentence.contains(expected), sentence);
    assertFalse(sentence.contains("Exception") || sentence.contains("Error"), sentence);
    assertFalse(sentence.contains("\n"), sentence);
  }

  @Test
  void anUnknownProblemAsksForAReport() {
    String sentence = Sentence.of(new ArithmeticException("/ by zero"));
    assertTrue(sentence.contains("/ by zero") && sentence.contains("--verbose"), sentence);
  }

  @Test
  void whatComesFromAFileCannotControlTheTerminal() {
    assertEquals("a?[31mb c", Sentence.printable("a\u001b[31mb\n   c"));
  }
}

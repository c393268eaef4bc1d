// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Literals of TorchScript are values; other expressions are nothing. */
class ScriptLiteralTest {
  static Stream<Arguments> literals() {
    return Stream.of(
        Arguments.of("True", true),
        Arguments.of("None", null),
        Arguments.of("-7", -7L),
        Arguments.of("0.", 0.0),
        Arguments.of("1.0000000000000001e-05", 1e-5),
        Arguments.of("\"LSTM\"", "LSTM"),
        Arguments.of("[1, (2, \"a,b\"), ]", List.of(1L, List.of(2L, "a,b"))),
        Arguments.of("[None]", Arrays.asList((Object) null)));
  }

  @ParameterizedTest
  @MethodSource("literals")
  void areTheirValues(String text, Object value) {
    assertEquals(value, ScriptLiteral.parse(text).orElseThrow().value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "self.fc", "1 + 1", "[x]", "torch.device(\"cpu\")", "\"a\" \"b\"", "[1"})
  void areNoOtherExpressions(String text) {
    assertTrue(ScriptLiteral.parse(text).isEmpty());
  }

  @Test
  void itemsAreSeparatedOutsideBracketsAndText() {
    assertEquals(
        List.of("x", "[a, b]", "f(c, (d, e))", "\"g, \\\" h\""),
        ScriptLiteral.items("x, [a, b], f(c, (d, e)), \"g, \\\" h\", "));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 10_000})
  void nestingIsBounded(int depth) {
    assertTrue(ScriptLiteral.parse("[".repeat(depth) + "]".repeat(depth)).isEmpty());
  }
}

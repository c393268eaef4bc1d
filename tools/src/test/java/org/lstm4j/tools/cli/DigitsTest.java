// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigitsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0        | 0",
        "0.012345 | 0.0123",
        "-1.2345  | -1.23",
        "12.345   | 12.3",
        "123.45   | 123",
        "1234567  | 1,234,567",
        "1e-9     | 0.000000",
        "NaN      | NaN",
        "Infinity | Infinity",
      })
  void threeDigitsAreShownOrAllBeforeThePoint(double value, String expected) {
    assertEquals(expected, Digits.three(value));
  }
}

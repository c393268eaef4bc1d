// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words of the command line for the constants of an enum: LOWER_LETTERS is lower-letters. */
abstract class WordOption<E extends Enum<E>> implements ITypeConverter<E> {
  private final Class<E> constants;

  WordOption(Class<E> constants) {
    this.constants = constants;
  }

  @Override
  public E convert(String word) {
    for (E constant : constants.getEnumConstants()) {
      if (word(constant).equals(word)) {
        return constant;
      }
    }
    String words =
        Arrays.stream(constants.getEnumConstants())
            .map(WordOption::word)
            .collect(Collectors.joining(", "));
    throw new TypeConversionException("'%s' is none of %s".formatted(word, words));
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.lstm4j.format.ModelFormatException;

/** Reads a text to learn from. */
public final class Corpus {
  private static final Pattern NO_LETTERS = Pattern.compile("[^A-Za-z]+");
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** What is done to a text before it becomes tokens. */
  public enum Normalise {
    /** Nothing. */
    NONE,
    /**
     * Letters from A to Z become small, and everything between them one space (as "Dive into Deep
     * Learning" reads The Time Machine).
     */
    LOWER_LETTERS
  }

  private Corpus() {}

  /**
   * Reads a text.
   *
   * @throws ModelFormatException if it is not UTF-8, or if nothing is left of it
   * @throws IOException if it cannot be read
   */
  public static String read(Path file, Normalise normalise) throws IOException {
    String text = apply(normalise, readUtf8(file));
    if (text.isBlank()) {
      throw new ModelFormatException(
          "%s: holds no text%s; give another file"
              .formatted(file, normalise == Normalise.NONE ? "" : " of letters from A to Z"));
    }
    return text;
  }

  private static String readUtf8(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder; give a file in it");
    }
    try {
      String text = Files.readString(file);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(
          file + ": is not text in UTF-8; convert it, for example with iconv -t UTF-8", e);
    }
  }

  private static String apply(Normalise normalise, String text) {
    return switch (normalise) {
      case NONE -> text;
      case LOWER_LETTERS -> NO_LETTERS.matcher(text).replaceAll(" ").toLowerCase(Locale.ROOT);
    };
  }
}

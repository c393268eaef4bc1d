// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

/**
 * Why a file is refused: one sentence without the file's name, which {@link
 * org.lstm4j.tools.Checkpoints} puts before it. Unchecked, because it has to pass through libraries
 * that know nothing of it.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_LENGTH = 600;

  /**
   * A broken rule.
   *
   * @param sentence what is wrong and what to do, as for {@link String#formatted}
   */
  public Refusal(String sentence, Object... values) {
    super(printable(sentence.formatted(values)));
  }

  /** The same with what caused it, for a developer to see. */
  public static Refusal causedBy(Throwable cause, String sentence, Object... values) {
    Refusal refusal = new Refusal(sentence, values);
    refusal.initCause(cause);
    return refusal;
  }

  /**
   * Throws unless a rule holds.
   *
   * @param sentence as for the constructor
   */
  public static void require(boolean rule, String sentence, Object... values) {
    if (!rule) {
      throw new Refusal(sentence, values);
    }
  }

  /**
   * Text with names from a file in it, fit for a message: they must neither fill a terminal nor
   * control it.
   */
  public static String printable(String sentence) {
    String line =
        sentence.length() <= MAX_LENGTH ? sentence : sentence.substring(0, MAX_LENGTH) + "...";
    return line.replaceAll("\\p{C}", "?");
  }
}

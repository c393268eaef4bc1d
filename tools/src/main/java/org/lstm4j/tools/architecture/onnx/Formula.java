// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lstm4j.engine.ActivationFunction;

/**
 * A function of one feature x, written down so that however an exporter split it into operators it
 * is the same text: products and sums are sorted, factors rounded to three digits. Immutable.
 *
 * @param number what the factors are multiplied by
 * @param factors sorted; none for a number alone
 */
record Formula(double number, List<String> factors) {
  /** x itself. */
  static final Formula X = new Formula(1, List.of("x"));

  private static final String DEVIATION = "(-1.00 * Mean(x) + x)";
  private static final Pattern NORMALIZATION =
      Pattern.compile(
          Pattern.quote(DEVIATION + " * Reciprocal(Sqrt((")
              + "([-.0-9E]+)"
              + Pattern.quote(" + Mean(%s * %s))))".formatted(DEVIATION, DEVIATION)));

  // Those below have a tenth of it; a graph can double a formula at every node.
  private static final int MAX_LENGTH = 1000;

  Formula {
    factors = List.copyOf(factors);
  }

  static Formula of(double number) {
    return new Formula(number, List.of());
  }

  /** A function of it. */
  Formula in(String function) {
    return new Formula(1, List.of(function + "(" + this + ")"));
  }

  Formula times(Formula other) {
    return new Formula(
        number * other.number,
        Stream.concat(factors.stream(), other.factors.stream()).sorted().toList());
  }

  Formula plus(Formula other) {
    List<String> terms = new ArrayList<>(List.of(term(), other.term()));
    Collections.sort(terms);
    return new Formula(1, List.of("(" + String.join(" + ", terms) + ")"));
  }

  /** A number that is added has all its digits: it may be the eps of a normalisation. */
  private String term() {
    return factors.isEmpty() ? Double.toString(number) : toString();
  }

  /** Whether there is still a use in going on with it. */
  boolean isShort() {
    return toString().length() <= MAX_LENGTH;
  }

  /** The activation function that it is; {@code null} for none. */
  ActivationFunction function() {
    return switch (toString()) {
      case "Sigmoid(x) * x" -> new ActivationFunction.Silu();
      case "0.500 * (1.0 + Erf(0.707 * x)) * x" -> new ActivationFunction.Gelu(false);
      case "0.500 * (1.0 + Tanh(0.798 * (0.0447 * x * x * x + x))) * x" ->
          new ActivationFunction.Gelu(true);
      default -> null;
    };
  }

  /** The eps of the layer normalisation that it is; {@code null} for another function. */
  Float normalizationEps() {
    Matcher matcher = NORMALIZATION.matcher(toString());
    return matcher.matches() ? Float.valueOf(matcher.group(1)) : null;
  }

  @Override
  public String toString() {
    List<String> all = new ArrayList<>(factors);
    if (number != 1 || factors.isEmpty()) {
      all.addFirst(String.format(Locale.ROOT, "%.3g", number));
    }
    return String.join(" * ", all);
  }
}

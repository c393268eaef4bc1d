// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that PyTorch's recurrent layers (LSTM, GRU, RNN) and their cells give their parameters.
 *
 * @param cell whether it is a cell's name, without layer and direction
 * @param layer the layer of the stack, 0 for a cell
 * @param reverse whether of the backward direction
 */
record RecurrentName(String kind, boolean cell, int layer, boolean reverse) {
  private static final Pattern NAME =
      Pattern.compile(
          "(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr)(?:_l(\\d{1,4})(_reverse)?)?");

  static Optional<RecurrentName> of(NamedTensor tensor) {
    Matcher matcher = NAME.matcher(tensor.parameter());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean cell = matcher.group(2) == null;
    return Optional.of(
        new RecurrentName(
            matcher.group(1),
            cell,
            cell ? 0 : Integer.parseInt(matcher.group(2)),
            matcher.group(3) != null));
  }

  static boolean matches(NamedTensor tensor) {
    return of(tensor).isPresent();
  }
}

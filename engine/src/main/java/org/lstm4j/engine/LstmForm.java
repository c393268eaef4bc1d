// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Objects;

/**
 * In what an LSTM differs from {@code torch.nn.LSTM}. With the activation functions s (gate), t
 * (candidate) and u (output), which ONNX calls f, g and h, and with p the peepholes:
 *
 * <pre>
 *   i = s(clip(W_ii x + b_ii + W_hi h + b_hi + p_i * c))     c' = f * c + i * g
 *   f = s(clip(W_if x + b_if + W_hf h + b_hf + p_f * c))     h' = o * u(c')
 *   g = t(clip(W_ig x + b_ig + W_hg h + b_hg))
 *   o = s(clip(W_io x + b_io + W_ho h + b_ho + p_o * c'))
 * </pre>
 *
 * <p>Without peepholes, p is zero. Without a forget gate, c' = c + i * g, as in the LSTM of 1997,
 * and the gates of the weights are i, g, o. (ONNX operator LSTM; the peepholes are those of Gers,
 * Schraudolph and Schmidhuber 2002.)
 *
 * @param peepholes whether the gates see the cell state, by a vector {@code weight_peephole} of [3
 *     * hidden_size], in the order i, f, o; of [2 * hidden_size] without a forget gate
 * @param forgetGate whether there is a forget gate
 * @param gate the function of i, f and o
 * @param candidate the function of g
 * @param output the function of c'
 * @param clip what the arguments of gate and candidate are limited to, in either direction; 0 for
 *     no limit
 */
public record LstmForm(
    boolean peepholes,
    boolean forgetGate,
    ActivationFunction gate,
    ActivationFunction candidate,
    ActivationFunction output,
    float clip) {
  private static final LstmForm STANDARD =
      new LstmForm(
          false,
          true,
          new ActivationFunction.Sigmoid(),
          new ActivationFunction.Tanh(),
          new ActivationFunction.Tanh(),
          0);

  /** Checks the functions and the limit. */
  public LstmForm {
    requireElementwise(gate);
    requireElementwise(candidate);
    requireElementwise(output);
    requireClip(clip);
  }

  /** {@return what {@code torch.nn.LSTM} computes} */
  public static LstmForm standard() {
    return STANDARD;
  }

  /** {@return whether this is what {@code torch.nn.LSTM} computes} */
  public boolean isStandard() {
    // Compares identities first: the first equals of a record takes milliseconds.
    return Objects.equals(this, STANDARD);
  }

  static void requireClip(float clip) {
    if (!(clip >= 0 && clip <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("a clip is a positive number, or 0 for none, not " + clip);
    }
  }

  static void requireElementwise(ActivationFunction function) {
    if (!function.isElementwise()) {
      throw new IllegalArgumentException(
          "a recurrent layer needs a function of one feature, not " + function);
    }
  }
}

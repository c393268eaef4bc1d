// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Objects;

/**
 * In what a GRU differs from {@code torch.nn.GRU}. With the activation functions s (gate) and t
 * (candidate), which ONNX calls f and g:
 *
 * <pre>
 *   r = s(clip(W_ir x + b_ir + W_hr h + b_hr))
 *   z = s(clip(W_iz x + b_iz + W_hz h + b_hz))
 *   n = t(clip(W_in x + b_in + r * (W_hn h + b_hn)))     with resetAfter
 *   n = t(clip(W_in x + b_in + W_hn (r * h) + b_hn))     without
 *   h' = n + z * (h - n)
 * </pre>
 *
 * @param resetAfter whether r acts on the product of the hidden state, as in PyTorch, cuDNN and
 *     ONNX with {@code linear_before_reset = 1}; otherwise on the hidden state itself, before its
 *     product, as in Cho et al. 2014 and ONNX by default
 * @param gate the function of r and z
 * @param candidate the function of n
 * @param clip what the arguments of the functions are limited to, in either direction; 0 for no
 *     limit
 */
public record GruForm(
    boolean resetAfter, ActivationFunction gate, ActivationFunction candidate, float clip) {
  private static final GruForm STANDARD =
      new GruForm(true, new ActivationFunction.Sigmoid(), new ActivationFunction.Tanh(), 0);

  /** Checks the functions and the limit. */
  public GruForm {
    LstmForm.requireElementwise(gate);
    LstmForm.requireElementwise(candidate);
    LstmForm.requireClip(clip);
  }

  /** {@return what {@code torch.nn.GRU} computes} */
  public static GruForm standard() {
    return STANDARD;
  }

  /** {@return whether this is what {@code torch.nn.GRU} computes} */
  public boolean isStandard() {
    // As in LstmForm.
    return Objects.equals(this, STANDARD);
  }
}

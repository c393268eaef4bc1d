// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/**
 * Compares the gradients of a network with those that PyTorch computed, each relative to the
 * largest of its tensor.
 *
 * <p>A golden holds an input as {@link SequenceRunner} takes it, the weights of a loss as {@link
 * GradientRunner} takes them, and at least one gradient: {@code grad_x}, {@code grad_h0}, {@code
 * grad_c0} ({@code grad_h0|NAME} where the network has several recurrent parts) and {@code
 * grad.NAME} of a parameter. Beside each may stand PyTorch's own 32-bit result, {@code grad_x_f32},
 * {@code grad_h0_f32}, {@code grad_f32.NAME}.
 */
public final class GradientVerification {
  private static final Pattern GRADIENT_KEY =
      Pattern.compile("grad_(x|h0|c0)(\\|.*)?|grad\\..*", Pattern.DOTALL);

  private final Network network;
  private final StateKeys keys;
  private final ErrorBound bound;

  /**
   * A comparison for a network, which stays the caller's to close.
   *
   * @param tolerance what the bound is made of where a golden does not hold PyTorch's own 32-bit
   *     result; see {@link ErrorBound#ofGradient}
   */
  public GradientVerification(Network network, double tolerance) {
    this.network = network;
    this.keys = StateKeys.of(network);
    this.bound = ErrorBound.ofGradient(tolerance);
  }

  /**
   * Runs the input of a golden forward and back, and compares the gradients that it holds.
   *
   * @return one comparison for each
   * @throws ModelFormatException if the golden lacks the input, the weights of the loss or any
   *     gradient, or an array of it has another shape than the network's
   * @throws IllegalArgumentException if the network cannot go back
   */
  public List<Comparison> verify(NamedArrays golden) throws ModelFormatException {
    requireGradients(golden);
    SequenceShape shape = new SequenceRunner(network).shape(golden, OptionalInt.empty());
    NamedArrays results = new GradientRunner(network).run(golden, shape);
    List<Comparison> comparisons = new ArrayList<>();
    for (Map.Entry<String, String> key : keys().entrySet()) {
      if (golden.find(key.getKey()).isPresent()) {
        comparisons.add(compare(golden, results, key.getKey(), key.getValue()));
      }
    }
    return comparisons;
  }

  /** The gradients of this network that a golden does not hold, by their keys. */
  List<String> missing(NamedArrays golden) {
    return keys().keySet().stream().filter(key -> golden.find(key).isEmpty()).toList();
  }

  private void requireGradients(NamedArrays golden) throws ModelFormatException {
    List<String> found =
        golden.arrays().keySet().stream()
            .filter(key -> GRADIENT_KEY.matcher(key).matches())
            .toList();
    if (found.isEmpty()) {
      throw golden.fault(
          "holds no gradients to compare with; store PyTorch's as 'grad_x', 'grad_h0', 'grad_c0'"
              + " and, with the names of the parameters, 'grad.NAME'");
    }
    for (String key : found) {
      if (!keys().containsKey(key)) {
        throw golden.fault(
            key,
            "is the gradient of nothing that this network has; 'lstm4j inspect' names its"
                + " parameters%s",
            key.equals("grad_x") ? ", and tokens have no gradient" : "");
      }
    }
  }

  /** The keys of all gradients of the network, each with that of PyTorch's own 32-bit result. */
  private Map<String, String> keys() {
    Map<String, String> all = new LinkedHashMap<>();
    if (!network.takesTokens()) {
      all.put("grad_x", "grad_x_f32");
    }
    for (String kind : List.of("grad_h0", "grad_c0")) {
      for (String key : keys.keys(kind)) {
        all.put(key, kind + "_f32" + key.substring(kind.length()));
      }
    }
    for (Parameter parameter : network.parameters()) {
      all.put(GradientRunner.PARAMETER + parameter.name(), "grad_f32." + parameter.name());
    }
    return all;
  }

  private Comparison compare(NamedArrays golden, NamedArrays results, String key, String float32Key)
      throws ModelFormatException {
    NdArray result = results.arrays().get(key);
    golden.requireShape(key, result.shape());
    Optional<NdArray> float32 = golden.find(float32Key);
    if (float32.isPresent()) {
      golden.requireShape(float32Key, result.shape());
    }
    return Comparison.of(key, golden.arrays().get(key), float32, result, bound);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/**
 * Compares what a network computes with what PyTorch computed.
 *
 * <p>A golden holds an input as {@link SequenceRunner} takes it, the reference {@code out}, and
 * optionally {@code hn} and {@code cn} ({@code hn|NAME} where the network has several recurrent
 * parts). Beside each reference may stand PyTorch's own 32-bit result, {@code out_f32}, {@code
 * hn_f32|NAME} and so on; the reference itself is then best computed in 64 bits.
 */
public final class Verification {
  /**
   * What {@code torch.testing.assert_close} allows two 32-bit results to differ by (PyTorch
   * documentation, {@code torch.testing}, default {@code atol} of float32).
   */
  static final double DEFAULT_TOLERANCE = 1e-5;

  private static final List<String> FINAL_STATES = List.of("hn", "cn");
  private static final Pattern FINAL_STATE_KEY = Pattern.compile("(hn|cn)(\\|.*)?");

  private final Network network;
  private final StateKeys keys;
  private final ErrorBound bound;

  /**
   * A comparison for a network, which stays the caller's to close.
   *
   * @param tolerance what the bound is made of where a golden does not hold PyTorch's own 32-bit
   *     result; see {@link ErrorBound#ofFloat32}
   */
  public Verification(Network network, double tolerance) {
    this(network, ErrorBound.ofFloat32(tolerance));
  }

  /**
   * A comparison for a network, which stays the caller's to close.
   *
   * @param bound what the error of each result may be
   */
  public Verification(Network network, ErrorBound bound) {
    this.network = network;
    this.keys = StateKeys.of(network);
    this.bound = bound;
  }

  /**
   * Runs the input of a golden and compares the results.
   *
   * @throws ModelFormatException if the golden lacks the input or {@code out}, or an array of it
   *     has another shape than the network's
   */
  public List<Comparison> verify(NamedArrays golden) throws ModelFormatException {
    requireOutput(golden);
    NamedArrays results = new SequenceRunner(network).run(golden, OptionalInt.empty());
    return compare(golden, results);
  }

  /** Compares results that are there already with the references of a golden. */
  List<Comparison> compare(NamedArrays golden, NamedArrays results) throws ModelFormatException {
    requireOutput(golden);
    requireKnownStates(golden);
    List<Comparison> comparisons = new ArrayList<>();
    comparisons.add(compare(golden, results, "out", "out_f32"));
    for (String part : keys.parts()) {
      for (String kind : FINAL_STATES) {
        String key = keys.key(kind, part);
        if (golden.find(key).isPresent()) {
          comparisons.add(compare(golden, results, key, keys.key(kind + "_f32", part)));
        }
      }
    }
    return comparisons;
  }

  private static void requireOutput(NamedArrays golden) throws ModelFormatException {
    if (golden.find("out").isEmpty()) {
      throw golden.fault("holds no 'out' to compare with; store PyTorch's output under that key");
    }
  }

  private void requireKnownStates(NamedArrays golden) throws ModelFormatException {
    List<String> known = FINAL_STATES.stream().flatMap(kind -> keys.keys(kind).stream()).toList();
    for (String key : golden.arrays().keySet()) {
      if (FINAL_STATE_KEY.matcher(key).matches() && !known.contains(key)) {
        throw golden.fault(
            key,
            "is the state of no recurrent part of this network; its final states are %s",
            String.join(", ", known));
      }
    }
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

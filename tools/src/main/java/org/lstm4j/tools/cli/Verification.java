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
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/**
 * Compares what a network computes with what PyTorch computed.
 *
 * <p>A golden holds an input as {@link SequenceRunner} takes it, and at least one reference: {@code
 * out}, {@code hn} and {@code cn} ({@code hn|NAME} where the network has several recurrent parts).
 * Beside each may stand PyTorch's own 32-bit result, {@code out_f32}, {@code hn_f32|NAME} and so
 * on; the reference itself is then best computed in 64 bits.
 *
 * <p>Where the input holds {@code lengths}, {@code out} is compared up to each length: what lies
 * beyond is padding, which a layer behind PyTorch's recurrent one may have changed.
 */
public final class Verification {
  /**
   * What {@code torch.testing.assert_close} allows two 32-bit results to differ by (PyTorch
   * documentation, {@code torch.testing}, default {@code atol} of float32).
   */
  static final double DEFAULT_TOLERANCE = 1e-5;

  private static final List<String> FINAL_STATES = List.of("hn", "cn");
  private static final Pattern FINAL_STATE_KEY = Pattern.compile("(hn|cn)(\\|.*)?");
  private static final Pattern REFERENCE_KEY = Pattern.compile("out|" + FINAL_STATE_KEY.pattern());

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
   * @return one comparison for each reference
   * @throws ModelFormatException if the golden lacks the input or any reference, or an array of it
   *     has another shape than the network's
   */
  public List<Comparison> verify(NamedArrays golden) throws ModelFormatException {
    requireReferences(golden);
    SequenceRunner runner = new SequenceRunner(network);
    SequenceShape shape = runner.shape(golden, OptionalInt.empty());
    NamedArrays results = runner.run(golden, shape);
    Optional<int[]> lengths = SequenceLengths.of(golden, shape);
    return compare(
        lengths.isPresent() ? withoutPadding(golden, shape, lengths.get(), results) : golden,
        results);
  }

  /** The golden, with zeros where its output is padding, as a network gives them. */
  private static NamedArrays withoutPadding(
      NamedArrays golden, SequenceShape shape, int[] lengths, NamedArrays results)
      throws ModelFormatException {
    Map<String, NdArray> arrays = new LinkedHashMap<>(golden.arrays());
    for (String key : List.of("out", "out_f32")) {
      if (arrays.containsKey(key)) {
        golden.requireShape(key, results.arrays().get("out").shape());
        arrays.compute(key, (_, out) -> SequenceLengths.zeroBeyond(lengths, out, shape));
      }
    }
    return new NamedArrays(golden.source(), arrays);
  }

  /** Compares results that are there already with the references of a golden. */
  List<Comparison> compare(NamedArrays golden, NamedArrays results) throws ModelFormatException {
    requireReferences(golden);
    requireKnownStates(golden);
    List<Comparison> comparisons = new ArrayList<>();
    if (golden.find("out").isPresent()) {
      comparisons.add(compare(golden, results, "out", "out_f32"));
    }
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

  private static void requireReferences(NamedArrays golden) throws ModelFormatException {
    if (golden.arrays().keySet().stream().noneMatch(key -> REFERENCE_KEY.matcher(key).matches())) {
      throw golden.fault(
          "holds nothing to compare with; store PyTorch's output as 'out', or its final state as"
              + " 'hn' and 'cn'");
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

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;

/**
 * Weights that a state dict has in parts, since the module computes them whenever it runs: weight
 * norm (g and v), spectral norm (the original, u and v) and pruning (the original and a mask). They
 * are computed here, in double arithmetic, and take the place of their parts.
 */
public final class Parametrizations {
  private static final Pattern PARAMETRIZED =
      Pattern.compile(
          "(?<module>.*\\.)?parametrizations\\.(?<name>[^.]+)\\.original(?<part>[01]?)");

  private final Checkpoint checkpoint;
  private final TensorMemory memory;
  private final Map<String, StoredTensor> byPath = new HashMap<>();
  private final Map<StoredTensor, StoredTensor> computed = new HashMap<>();
  private final Set<StoredTensor> parts = new HashSet<>();
  private final List<String> notes = new ArrayList<>();

  private Parametrizations(Checkpoint checkpoint, TensorMemory memory) {
    this.checkpoint = checkpoint;
    this.memory = memory;
    checkpoint.tensors().forEach(tensor -> byPath.put(tensor.path(), tensor));
  }

  /**
   * The checkpoint with every weight that its parts can give, and a note on each.
   *
   * @param memory bounds what is taken for them
   * @throws Refusal if a weight is parametrized in a way that the file does not tell
   */
  public static Checkpoint resolve(Checkpoint checkpoint, TensorMemory memory) {
    return new Parametrizations(checkpoint, memory).resolve();
  }

  private Checkpoint resolve() {
    checkpoint.tensors().forEach(this::resolve);
    if (computed.isEmpty()) {
      return checkpoint;
    }
    List<StoredTensor> tensors = new ArrayList<>();
    for (StoredTensor tensor : checkpoint.tensors()) {
      if (computed.containsKey(tensor)) {
        tensors.add(computed.get(tensor));
      } else if (!parts.contains(tensor)) {
        tensors.add(tensor);
      }
    }
    notes.addAll(0, checkpoint.notes());
    return new Checkpoint(
        checkpoint.file(), checkpoint.container(), tensors, checkpoint.modules(), notes);
  }

  /** Looks at a tensor as the first of the parts of a weight. */
  private void resolve(StoredTensor tensor) {
    String name = tensor.name();
    Matcher parametrized = PARAMETRIZED.matcher(name);
    if (name.endsWith("_g") && name.substring(name.lastIndexOf('.') + 1).startsWith("weight")) {
      weightNorm(tensor, stem(name, 2), sibling(tensor, stem(name, 2) + "_v"));
    } else if (name.endsWith("_orig")) {
      String stem = stem(name, 5);
      pruned(tensor, stem);
      spectralNorm(tensor, stem, sibling(tensor, stem + "_u"), sibling(tensor, stem + "_v"));
    } else if (parametrized.matches()) {
      parametrized(tensor, parametrized);
    }
  }

  private void parametrized(StoredTensor tensor, Matcher name) {
    String module = Optional.ofNullable(name.group("module")).orElse("");
    String weight = module + name.group("name");
    String folder = module + "parametrizations." + name.group("name") + ".";
    switch (name.group("part")) {
      case "0" -> weightNorm(tensor, weight, sibling(tensor, folder + "original1"));
      case "1" -> {}
      default ->
          spectralNorm(
              tensor, weight, sibling(tensor, folder + "0._u"), sibling(tensor, folder + "0._v"));
    }
    Refusal.require(
        computed.containsKey(tensor) || parts.contains(tensor),
        "has %s parametrized by something that only its module can compute; call"
            + " torch.nn.utils.parametrize.remove_parametrizations(module, '%s') and save again",
        weight,
        name.group("name"));
  }

  private static String stem(String name, int suffix) {
    return name.substring(0, name.length() - suffix);
  }

  private Optional<StoredTensor> sibling(StoredTensor tensor, String name) {
    return Optional.ofNullable(
            byPath.get(tensor.dict().isEmpty() ? name : tensor.dict() + "." + name))
        .filter(found -> found.dtype().isFloatingPoint());
  }

  /** The norm of v is taken over the dimensions that g has not, or has as 1. */
  private void weightNorm(StoredTensor g, String name, Optional<StoredTensor> other) {
    if (other.isEmpty() || !g.dtype().isFloatingPoint()) {
      return;
    }
    StoredTensor v = other.get();
    long[] steps = steps(g.shape(), v.shape());
    if (steps == null) {
      return;
    }
    LongToDoubleFunction direction = values(v);
    LongToDoubleFunction length = values(g);
    double[] scales = new double[(int) g.size()];
    long[] shape = v.shape();
    for (long i = 0; i < v.size(); i++) {
      double element = direction.applyAsDouble(i);
      scales[index(i, shape, steps)] += element * element;
    }
    for (int i = 0; i < scales.length; i++) {
      scales[i] = length.applyAsDouble(i) / Math.sqrt(scales[i]);
    }
    add(
        name,
        v,
        i -> direction.applyAsDouble(i) * scales[index(i, shape, steps)],
        "weight norm",
        g,
        v);
  }

  /** How far an element of g lies from the next along each dimension of v; 0 where it is shared. */
  private static long[] steps(long[] g, long[] v) {
    long[] steps = new long[v.length];
    if (g.length == 0 || v.length == 0) {
      return steps;
    }
    if (g.length != v.length) {
      return null;
    }
    long step = 1;
    for (int i = v.length - 1; i >= 0; i--) {
      if (g[i] != 1 && g[i] != v[i]) {
        return null;
      }
      steps[i] = g[i] == 1 ? 0 : step;
      step *= g[i];
    }
    return steps;
  }

  private static int index(long element, long[] shape, long[] steps) {
    long rest = element;
    long index = 0;
    for (int i = shape.length - 1; i >= 0; i--) {
      index += rest % shape[i] * steps[i];
      rest /= shape[i];
    }
    return (int) index;
  }

  private void pruned(StoredTensor original, String name) {
    StoredTensor mask = sibling(original, name + "_mask").orElse(null);
    if (mask == null
        || !original.dtype().isFloatingPoint()
        || !Arrays.equals(mask.shape(), original.shape())) {
      return;
    }
    LongToDoubleFunction element = values(original);
    LongToDoubleFunction kept = values(mask);
    add(
        name,
        original,
        i -> element.applyAsDouble(i) * kept.applyAsDouble(i),
        "pruning",
        original,
        mask);
  }

  /** The weight divided by u . W v, as a module in evaluation does. */
  private void spectralNorm(
      StoredTensor original,
      String name,
      Optional<StoredTensor> left,
      Optional<StoredTensor> right) {
    if (left.isEmpty() || right.isEmpty() || !original.dtype().isFloatingPoint()) {
      return;
    }
    StoredTensor u = left.get();
    StoredTensor v = right.get();
    long[] shape = original.shape();
    boolean rows = shape.length == 2 && u.size() == shape[0] && v.size() == shape[1];
    boolean columns = shape.length == 2 && u.size() == shape[1] && v.size() == shape[0];
    if (!rows && !columns) {
      return;
    }
    LongToDoubleFunction element = values(original);
    LongToDoubleFunction leftElement = values(u);
    LongToDoubleFunction rightElement = values(v);
    double sigma = 0;
    for (long i = 0; i < original.size(); i++) {
      long row = rows ? i / shape[1] : i % shape[1];
      long column = rows ? i % shape[1] : i / shape[1];
      sigma +=
          element.applyAsDouble(i)
              * leftElement.applyAsDouble(row)
              * rightElement.applyAsDouble(column);
    }
    double divisor = sigma;
    add(name, original, i -> element.applyAsDouble(i) / divisor, "spectral norm", original, u, v);
  }

  /** Half precision would lose what was computed. */
  private static DType dtype(StoredTensor like) {
    return like.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
  }

  private static LongToDoubleFunction values(StoredTensor tensor) {
    if (tensor.dtype() == DType.FLOAT64) {
      return i -> tensor.data().get(JAVA_DOUBLE_UNALIGNED, i * Double.BYTES);
    }
    MemorySegment floats = tensor.toTensor().data();
    return i -> floats.get(JAVA_FLOAT_UNALIGNED, i * Float.BYTES);
  }

  private void add(
      String name,
      StoredTensor like,
      LongToDoubleFunction element,
      String method,
      StoredTensor... from) {
    DType dtype = dtype(like);
    MemorySegment data = memory.allocate(like.size() * dtype.bytes(), name);
    for (long i = 0; i < like.size(); i++) {
      if (dtype == DType.FLOAT64) {
        data.set(JAVA_DOUBLE_UNALIGNED, i * Double.BYTES, element.applyAsDouble(i));
      } else {
        data.set(JAVA_FLOAT_UNALIGNED, i * Float.BYTES, (float) element.applyAsDouble(i));
      }
    }
    StoredTensor weight = new StoredTensor(like.dict(), name, dtype, like.shape(), data);
    if (byPath.containsKey(weight.path())) {
      return;
    }
    computed.put(from[0], weight);
    parts.addAll(Arrays.asList(from).subList(1, from.length));
    notes.add(
        Refusal.printable(
            "%s is computed from its parts in the file (%s)".formatted(weight.path(), method)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;
import java.util.stream.LongStream;
import org.lstm4j.tools.StoredTensor;

/**
 * The operators that repeat a constant along axes. Where it is not known how often, an axis of size
 * 1 stays, and stands for any size.
 */
final class Repetition {
  private final Constants constants;

  Repetition(Constants constants) {
    this.constants = constants;
  }

  /** To a shape; its sizes of 1 leave an axis as it is. */
  Value expand(Call call) {
    return repeated(call, false);
  }

  /** A number of times for each axis. */
  Value tile(Call call) {
    return repeated(call, true);
  }

  private Value repeated(Call call, boolean times) {
    return switch (call.input(0)) {
      case Value.Uniform uniform -> uniform;
      case Value.GivenState given -> given;
      case Value.Unknown(Chain.Source source) -> new Value.GivenState(source);
      case Value.Stream stream when stream.isInput() ->
          new Value.GivenState((Chain.Source) stream.chain());
      case Value.Constant(StoredTensor tensor) when tensor.dtype().isFloatingPoint() ->
          // Of equal elements any shape is the same.
          Constants.uniform(tensor)
              .<Value>map(Value.Uniform::new)
              .orElseGet(() -> repeated(call, tensor, times));
      default -> throw call.refusal("an input that is not constant");
    };
  }

  private Value repeated(Call call, StoredTensor tensor, boolean times) {
    List<Dim> dims = call.sizes(1).dims();
    long[] shape = tensor.shape();
    int added = dims.size() - shape.length;
    call.require(added >= 0, "fewer sizes than axes");
    long[] from =
        LongStream.concat(LongStream.generate(() -> 1).limit(added), LongStream.of(shape))
            .toArray();
    StoredTensor result = Constants.reshaped(tensor, from);
    for (int axis = 0; axis < from.length; axis++) {
      result = repeated(call, result, axis, count(call, dims.get(axis), from[axis], times));
    }
    return new Value.Constant(result);
  }

  /** How often an axis is repeated, as far as that is known. */
  private static long count(Call call, Dim dim, long size, boolean times) {
    if (!dim.known()) {
      call.require(size == 1 || !times, "an axis of size %d repeated as often as data says", size);
      return 1;
    }
    boolean as = times || dim.is(1) || dim.is(size);
    call.require(as || size == 1, "a size %d for an axis of %d", dim.value(), size);
    call.require(dim.value() > 0, "a size of %d", dim.value());
    return times || size == 1 ? dim.value() : 1;
  }

  private StoredTensor repeated(Call call, StoredTensor tensor, int axis, long count) {
    if (count == 1) {
      return tensor;
    }
    // [outer, 1, rest] becomes [outer, count, rest].
    long[] shape = tensor.shape();
    long rest = 1;
    for (int i = axis; i < shape.length; i++) {
      rest *= shape[i];
    }
    call.require(rest > 0, "an axis of size 0");
    long outer = tensor.size() / rest;
    shape[axis] = Math.multiplyExact(shape[axis], count);
    StoredTensor copied =
        constants.strided(tensor, 0, new long[] {outer, count, rest}, new long[] {rest, 0, 1});
    return Constants.reshaped(copied, shape);
  }
}

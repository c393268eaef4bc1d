// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;

/**
 * The parameters that learn, and their gradients: each as one piece of memory in PyTorch's order,
 * which neither lanes nor packing change, so that what goes over all of them (an optimizer, a norm)
 * gives the same bits everywhere.
 *
 * <p>Parameters follow one another in the order of the network's layers, each from a 64-byte offset
 * on; the gaps are zeros.
 */
public final class ParameterMemory {
  private static final long ALIGNMENT = 64;

  private final List<Parameter> parameters;
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private final MemorySegment values;
  private final MemorySegment gradients;

  /** Zeros for each parameter. */
  public ParameterMemory(List<Parameter> parameters, SegmentAllocator allocator) {
    this.parameters = List.copyOf(parameters);
    long bytes = 0;
    for (Parameter parameter : parameters) {
      offsets.put(parameter.name(), bytes);
      bytes += Math.ceilDiv(parameter.size() * Float.BYTES, ALIGNMENT) * ALIGNMENT;
    }
    this.values = allocator.allocate(Math.max(bytes, 1), ALIGNMENT);
    this.gradients = allocator.allocate(Math.max(bytes, 1), ALIGNMENT);
  }

  /** {@return all of them, in the order of the layers} */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** {@return the values of all parameters} */
  public MemorySegment values() {
    return values;
  }

  /** {@return the gradients of all parameters, at the places of the values} */
  public MemorySegment gradients() {
    return gradients;
  }

  /** {@return the values of one parameter, in PyTorch's order} */
  public MemorySegment values(String name) {
    return piece(values, name);
  }

  /** {@return the gradient of one parameter, in PyTorch's order} */
  public MemorySegment gradients(String name) {
    return piece(gradients, name);
  }

  /** {@return the byte offset of one parameter in values and gradients} */
  public long offset(String name) {
    return offsets.get(parameter(name).name());
  }

  /** {@return the piece of one parameter of memory that is laid out as this} */
  public MemorySegment piece(MemorySegment all, String name) {
    return all.asSlice(offsets.get(name), parameter(name).size() * Float.BYTES);
  }

  private Parameter parameter(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no parameter is named " + name + "; there are " + offsets.keySet()));
  }

  /** Copies the values of all parameters from somewhere. */
  public void load(WeightSource source) {
    for (Parameter parameter : parameters) {
      MemorySegment target = values(parameter.name());
      long[] done = {0};
      source.read(
          parameter.name(),
          piece -> {
            target.asSlice(done[0], piece.byteSize()).copyFrom(piece);
            done[0] += piece.byteSize();
          });
    }
  }

  /** {@return the values, to pack a network from; each read sees what is there then} */
  public WeightSource source() {
    return new WeightSource() {
      @Override
      public List<Long> shape(String name) {
        return offsets.containsKey(name) ? parameter(name).shape() : null;
      }

      @Override
      public void read(String name, Sink sink) {
        sink.accept(values(name));
      }
    };
  }

  /** {@return a copy of one parameter's gradient} */
  public Tensor gradient(String name) {
    return Tensor.of(gradients(name).toArray(JAVA_FLOAT), parameter(name).shapeArray());
  }
}

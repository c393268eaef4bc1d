// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.PackedMatrix;
import org.lstm4j.engine.stage.Product;

/**
 * The one copy of a network's weights: matrices packed for the kernels in the network's storage,
 * vectors and embedding tables as PyTorch has them. Of FLOAT32 matrices, others can be made.
 */
public final class Weights implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final long MAX_HEAP_COPY = 1 << 22;

  private final WeightStorage storage;
  private final Arena arena = Arena.ofShared();
  private final Map<String, Parameter> parameters = new HashMap<>();
  private final Map<String, PackedMatrix> matrices = new HashMap<>();
  private final Map<Compact, PackedMatrix> compact = new HashMap<>();
  private final Map<String, MemorySegment> plain = new HashMap<>();

  /** Those of {@link #plain} that kernels read, with room behind them. */
  private final Map<String, MemorySegment> rows = new HashMap<>();

  private final List<Bias> biases = new ArrayList<>();
  private final Set<Object> kernels = ConcurrentHashMap.newKeySet();
  private long bytes;

  private Weights(WeightStorage storage) {
    this.storage = storage;
  }

  /** A matrix in a storage other than the network's. */
  private record Compact(String parameter, WeightStorage storage) {}

  /** Biases that are added up in one output row. */
  private record Bias(PackedGates layout, MemorySegment row, List<String> parameters) {}

  /** Reads every parameter of the layers once and packs it. */
  public static Weights pack(List<Layer> layers, WeightSource source, WeightStorage storage) {
    Weights weights = new Weights(storage);
    try {
      for (Layer layer : layers) {
        weights.declare(layer, source);
      }
      for (Layer layer : layers) {
        weights.add(layer, source);
      }
      return weights;
    } catch (Throwable e) {
      weights.close();
      throw e;
    }
  }

  /** Checks all shapes before the first byte is allocated. */
  private void declare(Layer layer, WeightSource source) {
    for (Parameter parameter : layer.parameters()) {
      List<Long> shape = source.shape(parameter.name());
      if (shape == null) {
        throw new IllegalArgumentException("parameter " + parameter.name() + " is missing");
      }
      if (!shape.equals(parameter.shape())) {
        throw new IllegalArgumentException(
            "parameter %s has shape %s, but its layer needs %s"
                .formatted(parameter.name(), shape, parameter.shape()));
      }
      parameters.put(parameter.name(), parameter);
    }
  }

  private void add(Layer layer, WeightSource source) {
    switch (layer) {
      case Layer.Recurrent recurrent -> addRecurrent(recurrent, source);
      case Layer.Linear linear -> addLinear(linear, source);
      case Layer.Embedding embedding -> addPlain(embedding.parameters().getFirst().name(), source);
      case Layer.AttentionOverTime attention -> {
        if (attention.hidden() != null) {
          addLinear(attention.hidden(), source);
        }
        addLinear(attention.score(), source);
      }
      case Layer.LayerNorm norm -> {
        for (Parameter parameter : norm.parameters()) {
          addRow(parameter.name(), source);
        }
      }
      case Layer.Residual residual -> {
        for (Layer inner : residual.layers()) {
          add(inner, source);
        }
      }
      case Layer.OneHot _, Layer.Activation _, Layer.Reverse _, Layer.Readout _ -> {}
    }
  }

  private void addRecurrent(Layer.Recurrent recurrent, WeightSource source) {
    for (int layer = 0; layer < recurrent.numLayers(); layer++) {
      for (int direction = 0; direction < recurrent.numDirections(); direction++) {
        addDirection(recurrent, layer, direction, source);
      }
    }
  }

  private void addDirection(
      Layer.Recurrent recurrent, int layer, int direction, WeightSource source) {
    PackedGates input = RecurrentPlan.layout(recurrent, recurrent.inputSizeOf(layer));
    PackedGates hidden = RecurrentPlan.layout(recurrent, recurrent.hiddenOutputSize());
    List<String> ofInput = new ArrayList<>();
    List<String> ofHidden = new ArrayList<>();
    if (recurrent.bias()) {
      // r of a GRU acts on the recurrent side alone, its bias included; else one sum will do.
      ofInput.add(recurrent.parameterName("bias_ih", layer, direction));
      (recurrent instanceof Layer.Gru ? ofHidden : ofInput)
          .add(recurrent.parameterName("bias_hh", layer, direction));
    }
    MemorySegment inputBias = addBias(input, ofInput, source);
    MemorySegment hiddenBias = addBias(hidden, ofHidden, source);
    String weightIh = recurrent.parameterName("weight_ih", layer, direction);
    String weightHh = recurrent.parameterName("weight_hh", layer, direction);
    addMatrix(weightIh, input, inputBias, source);
    addMatrix(weightHh, hidden, hiddenBias, source);
    if (recurrent instanceof Layer.Lstm lstm) {
      addOfLstm(lstm, layer, direction, source);
    }
  }

  private void addOfLstm(Layer.Lstm lstm, int layer, int direction, WeightSource source) {
    if (lstm.projSize() > 0) {
      PackedGates projection = Kernels.layout(1, lstm.projSize(), lstm.hiddenSize());
      MemorySegment zeros = allocate(projection.rowBytes());
      addMatrix(lstm.parameterName("weight_hr", layer, direction), projection, zeros, source);
    }
    if (lstm.form().peepholes()) {
      addRow(lstm.parameterName("weight_peephole", layer, direction), source);
    }
  }

  private void addLinear(Layer.Linear linear, WeightSource source) {
    PackedGates layout = Kernels.layout(1, linear.outFeatures(), linear.inFeatures());
    List<String> names = linear.bias() ? List.of(linear.parameters().getLast().name()) : List.of();
    MemorySegment bias = addBias(layout, names, source);
    addMatrix(linear.parameters().getFirst().name(), layout, bias, source);
  }

  private void addMatrix(String name, PackedGates floats, MemorySegment bias, WeightSource source) {
    PackedGates layout = floats.in(storage);
    MemorySegment packed = allocate(layout.bytes());
    if (storage == WeightStorage.FLOAT32) {
      pack(name, layout, packed, source);
    } else {
      store(name, layout, packed, source);
    }
    matrices.put(name, new PackedMatrix(layout, packed, bias));
  }

  private void pack(String name, PackedGates layout, MemorySegment packed, WeightSource source) {
    if (layout.bytes() <= MAX_HEAP_COPY) {
      // Packing happens once, in code that is not compiled yet, to which arrays are much nearer.
      float[] floats = new float[(int) (layout.bytes() / Float.BYTES)];
      PackedGates.Floats target = (index, value) -> floats[(int) index] = value;
      read(name, source, (piece, first) -> layout.pack(piece, first, target));
      packed.copyFrom(MemorySegment.ofArray(floats));
    } else {
      PackedGates.Floats target = (index, value) -> packed.setAtIndex(JAVA_FLOAT, index, value);
      read(name, source, (piece, first) -> layout.pack(piece, first, target));
    }
  }

  /** A row at a time, so that the floats of the matrix are never there together. */
  private void store(String name, PackedGates layout, MemorySegment stored, WeightSource source) {
    int inputs = layout.inputs();
    float[] row = new float[inputs];
    read(
        name,
        source,
        (piece, first) -> {
          long end = first + piece.byteSize() / Float.BYTES;
          for (long next = first; next < end; ) {
            int column = (int) (next % inputs);
            int length = (int) Math.min(inputs - column, end - next);
            long offset = (next - first) * Float.BYTES;
            MemorySegment.copy(piece, JAVA_FLOAT_UNALIGNED, offset, row, column, length);
            if (column + length == inputs) {
              layout.storeRow(row, (int) (next / inputs), stored);
            }
            next += length;
          }
        });
  }

  private MemorySegment addBias(PackedGates layout, List<String> names, WeightSource source) {
    MemorySegment row = allocate(layout.rowBytes());
    for (String name : names) {
      layout.addToRow(addPlain(name, source), row);
    }
    biases.add(new Bias(layout, row, names));
    return row;
  }

  /**
   * Replaces all weights, which are FLOAT32, in the memory that they have. No session may be
   * running.
   *
   * @param values the values of a parameter in PyTorch's order
   * @param index which of several parts to replace, which may all be replaced at the same time
   * @param count number of parts
   */
  public void refresh(Function<String, MemorySegment> values, int index, int count) {
    matrices.forEach((name, matrix) -> {
      int blocks = matrix.layout().blocks();
      matrix
          .layout()
          .packAgain(
              values.apply(name),
              matrix.weights(),
              Product.share(blocks, index, count),
              Product.share(blocks, index + 1, count));
    });
    if (index == 0) {
      refreshVectors(values);
    }
  }

  private void refreshVectors(Function<String, MemorySegment> values) {
    plain.forEach((name, memory) -> memory.copyFrom(values.apply(name)));
    for (Bias bias : biases) {
      bias.row.fill((byte) 0);
      for (String name : bias.parameters) {
        bias.layout.addToRow(values.apply(name), bias.row);
      }
    }
  }

  private MemorySegment addPlain(String name, WeightSource source) {
    MemorySegment copy = allocate(parameters.get(name).size() * Float.BYTES);
    addPlain(name, copy, source);
    return copy;
  }

  private void addPlain(String name, MemorySegment copy, WeightSource source) {
    read(name, source, (piece, first) -> copy.asSlice(first * Float.BYTES).copyFrom(piece));
    plain.put(name, copy);
  }

  /** A vector that kernels read, whole vectors at a time. */
  private void addRow(String name, WeightSource source) {
    long size = parameters.get(name).size() * Float.BYTES;
    MemorySegment row = allocate(size + (long) PackedGates.MAX_LANES * Float.BYTES);
    rows.put(name, row);
    addPlain(name, row.asSlice(0, size), source);
  }

  /** What is done with a piece of a parameter. */
  private interface PieceReader {
    void accept(MemorySegment piece, long firstElement);
  }

  /** Reads a parameter from its first element to its last, and nothing beyond. */
  private void read(String name, WeightSource source, PieceReader reader) {
    long size = parameters.get(name).size();
    long[] done = {0};
    source.read(
        name,
        piece -> {
          long first = done[0];
          done[0] += floats(name, piece);
          require(done[0] <= size, name, size, "at least " + done[0]);
          reader.accept(piece, first);
        });
    require(done[0] == size, name, size, done[0]);
  }

  private static long floats(String name, MemorySegment piece) {
    if (piece.byteSize() % Float.BYTES != 0) {
      throw new IllegalArgumentException(
          "a piece of parameter %s has %d bytes, which are no whole floats"
              .formatted(name, piece.byteSize()));
    }
    return piece.byteSize() / Float.BYTES;
  }

  private static void require(boolean fits, String name, long elements, Object given) {
    if (!fits) {
      throw new IllegalArgumentException(
          "parameter %s has %d elements, but its source gave %s".formatted(name, elements, given));
    }
  }

  private MemorySegment allocate(long size) {
    bytes += size;
    return arena.allocate(Math.max(size, 1), ALIGNMENT);
  }

  /** How the matrices are stored. */
  public WeightStorage storage() {
    return storage;
  }

  /**
   * The packed matrix of a parameter in a storage, which is the network's or made of FLOAT32 at
   * first request; {@code null} if there is none.
   */
  PackedMatrix matrix(String name, WeightStorage wanted) {
    PackedMatrix own = matrices.get(name);
    if (own == null || wanted == storage) {
      return own;
    }
    return compact.computeIfAbsent(
        new Compact(name, wanted),
        key -> {
          PackedGates layout = own.layout().in(wanted);
          MemorySegment stored = allocate(layout.bytes());
          layout.store(own.weights(), stored);
          return new PackedMatrix(layout, stored, own.bias());
        });
  }

  /** A vector or embedding table, in PyTorch's order. */
  MemorySegment plain(String name) {
    return plain.get(name);
  }

  /** A vector that layer norms or peepholes read, with room for a whole vector behind it. */
  MemorySegment row(String name) {
    return rows.get(name);
  }

  /** A copy of a parameter in PyTorch's order, with the values that are stored. */
  public Tensor tensor(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(
          "no parameter is named " + name + "; there are " + parameters.keySet());
    }
    MemorySegment copy = Arena.ofAuto().allocate(parameter.size() * Float.BYTES, ALIGNMENT);
    PackedMatrix matrix = matrices.get(name);
    if (matrix == null) {
      copy.copyFrom(plain.get(name));
    } else {
      matrix.layout().unpack(matrix.weights(), copy);
    }
    return Tensor.wrap(copy, parameter.shapeArray());
  }

  /** Keeps the kernels of all sessions so far, so that a session to come need compile nothing. */
  public Set<Object> kernels() {
    return kernels;
  }

  /** Bytes allocated. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    arena.close();
  }
}

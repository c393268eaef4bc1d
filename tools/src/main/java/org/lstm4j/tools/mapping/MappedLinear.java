// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.StackedRows;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * A Linear whose tensors have names or a layout of their own.
 *
 * @param name what it is to be called
 * @param outFirst whether the matrix is [out, in], as PyTorch's, and not [in, out]
 */
record MappedLinear(String name, boolean outFirst, String weight, Optional<String> bias)
    implements MappedLayer {
  @Override
  public List<String> sources() {
    return Stream.concat(Stream.of(weight), bias.stream()).toList();
  }

  @Override
  public List<StoredTensor> parameters(Sources sources, TensorMemory memory) {
    StoredTensor matrix = sources.matrix(weight);
    int in = sources.size(matrix, matrix.shape()[outFirst ? 1 : 0]);
    int out = sources.size(matrix, matrix.shape()[outFirst ? 0 : 1]);
    List<StoredTensor> parameters = new ArrayList<>();
    parameters.add(
        room(".weight", matrix, memory, out, in)
            .add(matrix, 0, outFirst ? in : 1, outFirst ? 1 : out, out)
            .tensor());
    if (bias.isPresent()) {
      StoredTensor vector = sources.vector(bias.get(), out);
      parameters.add(room(".bias", vector, memory, out).add(vector, 0, 1, 1, out).tensor());
    }
    return parameters;
  }

  private StackedRows room(String kind, StoredTensor like, TensorMemory memory, long... shape) {
    return new StackedRows(like.dict(), name + kind, like.dtype(), memory, shape);
  }
}

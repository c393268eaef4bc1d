// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorRnnGates}: oracle in tests, and what runs without vectors. */
final class ScalarRnnGates implements RnnGates {
  private final Shape shape;

  ScalarRnnGates(Shape shape) {
    this.shape = shape;
  }

  @Override
  public void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment state,
      long stateOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    int lanes = shape.rows().lanes();
    int end = Math.min(endBlock, shape.rows().blocks()) * lanes;
    for (int unit = firstBlock * lanes; unit < end; unit++) {
      long place = (long) unit * Float.BYTES;
      float p = fromInput.get(JAVA_FLOAT, fromInputOffset + place);
      p += fromHidden.get(JAVA_FLOAT, fromHiddenOffset + place);
      h.set(JAVA_FLOAT, hOffset + place, hidden(shape.function(), p));
    }
  }

  static float hidden(Function function, float p) {
    return switch (function) {
      case TANH -> {
        float y = ScalarMath.halfTanh(p * 0.5f);
        yield Subnormals.flush(y + y);
      }
      case SIGMOID -> Subnormals.flush(ScalarMath.halfTanh(p * 0.25f) + 0.5f);
      case RELU -> p < Float.MIN_NORMAL ? 0f : p;
    };
  }
}

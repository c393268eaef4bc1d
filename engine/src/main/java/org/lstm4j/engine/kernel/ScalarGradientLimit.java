// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorGradientLimit}, and what does what is behind its vectors. */
final class ScalarGradientLimit implements GradientLimit {
  private final Shape shape;

  ScalarGradientLimit(Shape shape) {
    this.shape = shape;
  }

  @Override
  public void apply(MemorySegment gradients, float limit, long from, long end) {
    for (long i = from; i < end; i++) {
      float gradient = gradients.getAtIndex(JAVA_FLOAT, i);
      float limited =
          switch (shape.operation()) {
            case SCALE -> gradient * limit;
            case CLAMP -> {
              float atMost = gradient > limit ? limit : gradient;
              yield atMost < -limit ? -limit : atMost;
            }
          };
      gradients.setAtIndex(JAVA_FLOAT, i, limited);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.loss;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.CrossEntropy;
import org.lstm4j.engine.kernel.TrainingKernels;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/** Cross-entropy of logits and classes. */
final class ClassLoss implements RowLoss {
  private final MemorySegment[] scratch;

  /** Not final: see SessionKernels. */
  private CrossEntropy kernel;

  private int[] targets;

  ClassLoss(Resources resources) {
    scratch = resources.scratch(CrossEntropy.SCRATCH_BYTES);
    new TrainingKernels(resources.kernels()).crossEntropy(chosen -> kernel = chosen);
  }

  void targets(int... classes) {
    targets = classes;
  }

  @Override
  public double apply(Rows output, Rows gradient, long row, int place, double scale, int thread) {
    return kernel.apply(
        output.data(),
        output.offset(row),
        gradient.data(),
        gradient.offset(row),
        scratch[thread],
        targets[place],
        scale,
        output.features());
  }
}

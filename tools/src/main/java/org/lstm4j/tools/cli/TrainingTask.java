// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.List;
import java.util.Map;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.format.Attachments;
import org.lstm4j.tools.training.Windows;

/**
 * What is to be learnt, and by which network.
 *
 * @param network what to begin with
 * @param loss what to make small
 * @param attachments what goes with the network beside its training state
 * @param training what to learn from
 * @param validation what to be judged by; {@code null} for nothing
 * @param tied the names of parameters that are one; none, or two and more
 * @param maxSteps the most time steps of a window
 * @param unit what {@link org.lstm4j.tools.training.EpochResult#elements} counts, in the plural
 * @param settings what the result depends on beside the options of {@link TrainingMixin}, under the
 *     names of options
 */
record TrainingTask(
    InitialNetwork network,
    Loss loss,
    Attachments attachments,
    Windows training,
    Windows validation,
    List<String> tied,
    int maxSteps,
    String unit,
    Map<String, String> settings) {

  /** Whether exp(loss) has a meaning. */
  boolean hasPerplexity() {
    return loss instanceof Loss.CrossEntropy && attachments.vocabulary().isPresent();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFile;

/**
 * The files of a run: the model, which is a checkpoint at the same time, and the metrics.
 *
 * @param model the {@code .l4j} file, replaced in one step each time: whatever happens, it is the
 *     last checkpoint or the one before
 * @param attachments what goes with the network beside the training state
 * @param metrics a CSV file with a row for each epoch, if somebody wants it
 */
public record CheckpointFiles(Path model, Attachments attachments, Optional<MetricsFile> metrics) {
  void write(Network network, TrainingState state, List<EpochResult> history) throws IOException {
    ModelFile.write(network, attachments.with(state), model);
    if (metrics.isPresent()) {
      metrics.get().write(history);
    }
  }

  String whatIsKept() {
    return Files.exists(model)
        ? model + " keeps the last checkpoint"
        : "there was no checkpoint yet, so nothing was written";
  }
}

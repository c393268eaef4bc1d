// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.tools.data.CsvWriter;

/**
 * What each epoch came to, as CSV. Numbers that are not there, such as the validation loss of a run
 * without validation data, are empty fields.
 *
 * @param file replaced as a whole each time
 * @param perplexity whether there is a column for exp(loss), which is what it is of cross-entropy
 */
public record MetricsFile(Path file, boolean perplexity) {
  void write(List<EpochResult> history) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          CsvWriter writer = CsvWriter.buffered(out);
          writer.writeHeader(columns());
          for (EpochResult result : history) {
            writer.writeRow(fields(result));
          }
          writer.flush();
        });
  }

  private List<String> columns() {
    List<String> columns = new ArrayList<>(List.of("epoch", "loss"));
    if (perplexity) {
      columns.add("perplexity");
    }
    columns.addAll(List.of("validation_loss", "learning_rate", "elements", "seconds"));
    return columns;
  }

  private List<String> fields(EpochResult result) {
    List<String> fields = new ArrayList<>();
    fields.add(Long.toString(result.epoch()));
    fields.add(Float.toString(result.loss()));
    if (perplexity) {
      fields.add(Float.toString((float) Math.exp(result.loss())));
    }
    boolean validated = !Float.isNaN(result.validationLoss());
    fields.add(validated ? Float.toString(result.validationLoss()) : "");
    fields.add(Float.toString(result.learningRate()));
    fields.add(Long.toString((long) result.elements()));
    fields.add(Float.toString(result.seconds()));
    return fields;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalInt;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.Session;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.CsvReader;
import org.lstm4j.tools.data.CsvWriter;
import org.lstm4j.tools.data.NonFinite;

/**
 * Runs a network over rows of CSV as they arrive: each row is one time step, and its output is
 * written before the next row is waited for. Of a one-to-many network each row is the start of a
 * sequence of its own, which is written as a whole.
 */
final class StepStream {
  private static final String SOURCE = "standard input";

  private final Network network;
  private final int stepsPerRow;

  /**
   * Checks that the network can run step by step.
   *
   * @param steps time steps of a one-to-many network; where empty, those it was made for
   * @throws ModelFormatException if the network reads whole sequences
   */
  StepStream(Network network, OptionalInt steps) throws ModelFormatException {
    if (network.needsWholeSequence()) {
      throw new ModelFormatException(
          SOURCE
              + ": this network reads whole sequences, so it cannot answer row by row; store the"
              + " sequence in a file and give that to -i");
    }
    this.network = network;
    this.stepsPerRow = network.oneToMany().map(OneToMany::steps).map(steps::orElse).orElse(1);
  }

  /** Reads to the end of the input. */
  void run(InputStream in, CsvWriter out) throws IOException {
    CsvReader reader = new CsvReader(in, SOURCE, NonFinite.ALLOW);
    if (reader.columnCount() == 0) {
      return;
    }
    CsvSteps.requireColumns(network, reader.columnCount(), SOURCE);
    float[] x = new float[reader.columnCount()];
    float[] y = new float[answerElements()];
    try (Session session = network.newSession()) {
      for (long row = 1; reader.readRow(x); row++) {
        answer(session, x, row, y);
        write(out, y);
      }
    }
  }

  private int answerElements() throws ModelFormatException {
    long elements = (long) stepsPerRow * network.outputSize();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(
          "%s: %d time steps a row give more than an array can hold; ask for fewer with --steps"
              .formatted(SOURCE, stepsPerRow));
    }
    return (int) elements;
  }

  private void answer(Session session, float[] x, long row, float[] y) throws ModelFormatException {
    if (network.oneToMany().isPresent()) {
      session.reset();
    }
    if (network.takesTokens()) {
      session.run(new int[] {CsvSteps.token(network, x[0], row, SOURCE)}, stepsPerRow, y);
    } else {
      session.run(x, stepsPerRow, y);
    }
  }

  private void write(CsvWriter out, float[] y) throws IOException {
    for (int step = 0; step < stepsPerRow; step++) {
      out.writeRow(y, step * network.outputSize(), network.outputSize());
    }
  }
}

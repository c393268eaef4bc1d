// SPDX-License-Identifier: Apache-2.0

/**
 * Tools around the engine: importers of what PyTorch saved, and the command {@code lstm4j}.
 *
 * <p>Start at {@link org.lstm4j.tools.Checkpoints} to import from a program of your own.
 */
@SuppressWarnings("module") // the benchmarks are built after this module
module org.lstm4j.tools {
  requires transitive org.lstm4j.engine;
  requires transitive org.lstm4j.format;
  requires com.google.protobuf;
  requires info.picocli;
  requires java.desktop;
  requires jdk.management;
  requires me.tongfei.progressbar;
  requires static jdk.incubator.vector;
  requires org.apache.commons.csv;
  requires HdrHistogram;
  requires pickle;
  requires tools.jackson.databind;
  requires xchart;

  exports org.lstm4j.tools;
  exports org.lstm4j.tools.machine to
      org.lstm4j.benchmarks;

  // They reach into private members, of commands and of reports.
  opens org.lstm4j.tools.cli to
      info.picocli,
      tools.jackson.databind;
  opens org.lstm4j.tools.bench to
      tools.jackson.databind;
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.Arrays;

/** What a run of the command line gave. */
record CommandRun(int exitCode, String out, String err) {
  /** Runs with empty standard input. */
  static CommandRun of(Object... args) {
    return withInput("", args);
  }

  /** Runs with the given standard input. */
  static CommandRun withInput(String input, Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    InputStream in = new ByteArrayInputStream(input.getBytes(UTF_8));
    String[] texts = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int exitCode = Main.run(texts, new Terminal(in, out, err, UTF_8));
    return new CommandRun(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** What the error says, without the command's name; checks that it is one line. */
  String sentence() {
    if (err.lines().count() != 1 || !err.startsWith("lstm4j: ")) {
      throw new AssertionError("not one sentence: " + err);
    }
    return err.strip().substring("lstm4j: ".length());
  }
}

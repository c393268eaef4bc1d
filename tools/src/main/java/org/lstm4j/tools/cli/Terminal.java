// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Optional;

/** What a command reads from and writes to: the process's own streams, or those of a test. */
public final class Terminal {
  private final InputStream in;
  private final OutputStream out;
  private final PrintWriter text;
  private final PrintWriter err;
  private final boolean interactive;

  /**
   * Takes three streams, which stay the caller's.
   *
   * @param in what {@code -} stands for as an input
   * @param out results; needs no buffer of its own
   * @param err assumptions, notes and errors
   * @param charset of the text on {@code out} and {@code err}
   */
  public Terminal(InputStream in, OutputStream out, OutputStream err, Charset charset) {
    this(in, out, err, charset, false);
  }

  private Terminal(
      InputStream in, OutputStream out, OutputStream err, Charset charset, boolean interactive) {
    this.in = in;
    this.out = out;
    this.text = new PrintWriter(new OutputStreamWriter(out, charset), true);
    this.err = new PrintWriter(new OutputStreamWriter(err, charset), true);
    this.interactive = interactive;
  }

  /** The streams of this process. */
  static Terminal ofProcess() {
    // System.out would hide that the reader of a pipe is gone.
    return new Terminal(
        System.in,
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        System.out.charset(),
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
  }

  /** Whether somebody sees at once what is written. */
  boolean isInteractive() {
    return interactive;
  }

  InputStream in() {
    return in;
  }

  /** Standard output as bytes; do not mix with {@link #text()} that has not been flushed. */
  OutputStream out() {
    return out;
  }

  /** Standard output as text; a line is passed on when it ends. */
  PrintWriter text() {
    return text;
  }

  /** Standard error as text; a line is passed on when it ends. */
  PrintWriter err() {
    return err;
  }

  /** Says something on standard error that is no failure. */
  void note(String sentence) {
    err.println("note: " + Sentence.printable(sentence));
  }
}

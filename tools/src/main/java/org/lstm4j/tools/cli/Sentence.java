// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.lstm4j.format.ModelFormatException;

/** What is said of an exception: one sentence, what is wrong and what to do. */
final class Sentence {
  private Sentence() {}

  static String of(Throwable problem) {
    return printable(
        switch (problem) {
          case ModelFormatException e -> e.getMessage();
          case FileSystemException e -> ofFile(e);
          // What has a cause was worded by a reader or writer; what has none, by the system.
          case IOException e when e.getCause() != null -> e.getMessage();
          case IOException e -> "input or output failed: " + e.getMessage();
          case IllegalArgumentException e when e.getMessage() != null -> e.getMessage();
          case IllegalStateException e when e.getMessage() != null -> e.getMessage();
          case OutOfMemoryError _ ->
              "there is not enough memory for this; give the JVM more, for example with"
                  + " LSTM4J_JAVA_OPTS=-Xmx4g, or run shorter sequences and smaller batches";
          case StackOverflowError _ ->
              "a file nests its contents too deeply to be read; store only the state_dict";
          case InternalError _ ->
              "a file was truncated, or its disk failed, while it was in use; try again";
          default ->
              "an unexpected fault, %s; run again with --verbose and report what it prints"
                  .formatted(problem);
        });
  }

  private static String ofFile(FileSystemException problem) {
    if (problem.getReason() != null) {
      return problem.getMessage();
    }
    String what =
        switch (problem) {
          case NoSuchFileException _ -> "there is no such file or folder; check the path";
          case AccessDeniedException _ -> "access was denied; check the permissions";
          case FileAlreadyExistsException _ -> "exists already; choose another name";
          default -> "cannot be read or written; check the path";
        };
    return problem.getFile() + ": " + what;
  }

  /** One line without control characters: names come from files that nobody has checked. */
  static String printable(String sentence) {
    return sentence.replaceAll("\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }
}

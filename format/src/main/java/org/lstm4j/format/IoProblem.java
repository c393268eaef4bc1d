// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an operating system's error means, in words. */
final class IoProblem {
  private IoProblem() {}

  static String describe(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file or directory; check the path";
      case AccessDeniedException _ -> "access was denied; check the permissions";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}

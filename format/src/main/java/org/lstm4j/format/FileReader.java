// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/** Maps a file while it is read, and turns what goes wrong into one sentence with its name. */
final class FileReader {
  private FileReader() {}

  /** What is done with the file. */
  interface Body<T> {
    T read(MappedFile file);
  }

  static <T> T read(Path path, Body<T> body) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      return body.read(file);
    } catch (FormatViolation e) {
      throw problem(path, e.getMessage(), e);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw problem(path, IoProblem.describe(e), e);
    } catch (InternalError e) {
      throw problem(path, "it was truncated, or its disk failed, while it was read; try again", e);
    }
  }

  private static ModelFormatException problem(Path path, String sentence, Throwable cause) {
    return new ModelFormatException(path + ": " + sentence, cause);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Files that real PyTorch wrote. */
final class Goldens {
  private Goldens() {}

  static Path folder() {
    try {
      return Path.of(Goldens.class.getResource("/goldens/goldens.json").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.io.IOException;
import org.lstm4j.format.ModelFormatException;

/** A program of its own, for a JVM of its own: prints why each of the bad files is refused. */
final class RefuseBadCheckpoints {
  private RefuseBadCheckpoints() {}

  public static void main(String[] arguments) throws IOException {
    for (Goldens.Bad bad : Goldens.bad().toList()) {
      try (var network = Checkpoints.importNetwork(bad.file(), bad.importOptions()).network()) {
        throw new IllegalStateException(bad + " became a network of " + network.layers());
      } catch (ModelFormatException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions of the artifacts that this build has its peers from. */
final class Versions {
  private Versions() {}

  static String of(String peer) {
    Properties properties = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty(peer);
  }
}

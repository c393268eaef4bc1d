// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What this library calls itself in the files that it writes. */
final class Producer {
  private static final String NAME = load();

  private Producer() {}

  /** Name and version, for example {@code lstm4j 1.0.0}. */
  static String name() {
    return NAME;
  }

  /** The build writes the version into the resource, so that it stands in one place. */
  private static String load() {
    Properties properties = new Properties();
    try (InputStream resource = Producer.class.getResourceAsStream("producer.properties")) {
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("producer");
  }
}

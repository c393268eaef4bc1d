// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a report as JSON: the names of its components, in snake case, are the keys. */
final class ReportJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private ReportJson() {}

  static String of(Record report) {
    return MAPPER.writeValueAsString(report);
  }
}

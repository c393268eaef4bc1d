// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a {@link ModelReport} as JSON. */
final class ModelReportJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private ModelReportJson() {}

  static String of(ModelReport report) {
    return MAPPER.writeValueAsString(report);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The mapping files that the documentation shows. */
public final class MappingExamples {
  private static final Pattern BLOCK = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL);

  private MappingExamples() {}

  /** The JSON text of an example, counted from 1. */
  public static String get(int number) throws IOException {
    // Tests run in the module's folder.
    String text = Files.readString(Path.of("docs", "mapping.md"));
    List<String> blocks = BLOCK.matcher(text).results().map(MappingExamples::inside).toList();
    return blocks.get(number - 1);
  }

  private static String inside(MatchResult block) {
    return block.group(1);
  }
}

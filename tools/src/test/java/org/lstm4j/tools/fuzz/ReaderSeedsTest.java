// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReaderSeedsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void everySeedIsReadOrRefused(FuzzedReader reader) throws IOException {
    List<byte[]> seeds = reader.seeds();

    assertFalse(seeds.isEmpty());
    for (byte[] seed : seeds) {
      reader.check(seed, folder.resolve("seed"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatOnceBrokeTheContractNoLongerDoes(FuzzedReader reader) throws IOException {
    for (byte[] input : Seeds.found(reader)) {
      reader.check(input, folder.resolve("input"));
    }
  }
}

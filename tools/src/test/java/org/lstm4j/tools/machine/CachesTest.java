// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachesTest {
  @TempDir private Path folder;

  @Test
  void theDataCachesOfTheFirstProcessorAreReadInTheirOrder() throws IOException {
    cache("index0", 1, "Data", "48K");
    cache("index1", 1, "Instruction", "64K");
    cache("index2", 3, "Unified", "1G");
    cache("index3", 2, "Unified", "2M");

    assertEquals(List.of(48L << 10, 2L << 20, 1L << 30), Caches.ofLinux(folder).sizes());
  }

  @Test
  void withoutADescriptionTheUsualSizesAreAssumed() {
    assertEquals(Caches.USUAL, Caches.ofLinux(folder));
    assertEquals(Caches.USUAL, Caches.ofLinux(folder.resolve("missing")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "K", "-1K", "0K", "48Q", "99999999999K"})
  void aSizeThatIsNoneMakesTheDescriptionVoid(String size) throws IOException {
    cache("index0", 1, "Data", size);

    assertEquals(Caches.USUAL, Caches.ofLinux(folder));
  }

  @Test
  void aSecondLevelThatIsNoLargerThanTheFirstMakesTheDescriptionVoid() throws IOException {
    cache("index0", 1, "Data", "48K");
    cache("index2", 2, "Unified", "48K");

    assertEquals(Caches.USUAL, Caches.ofLinux(folder));
  }

  @Test
  void aWorkingSetFitsItsOwnLevelAndNoSmallerOne() {
    List<Caches.Level> levels = Caches.USUAL.levels(1L << 30);

    assertEquals(4, levels.size());
    for (int i = 0; i < levels.size(); i++) {
      assertTrue(levels.get(i).workingSet() <= levels.get(i).bytes());
      assertTrue(i == 0 || levels.get(i).workingSet() > levels.get(i - 1).bytes());
    }
  }

  @Test
  void noWorkingSetExceedsWhatMayBeAllocated() {
    List<Caches.Level> levels = Caches.USUAL.levels(1L << 20);

    assertTrue(levels.stream().allMatch(level -> level.workingSet() <= 1L << 20));
  }

  private void cache(String index, int level, String type, String size) throws IOException {
    Path cache = Files.createDirectory(folder.resolve(index));
    Files.writeString(cache.resolve("level"), level + "\n");
    Files.writeString(cache.resolve("type"), type + "\n");
    Files.writeString(cache.resolve("size"), size + "\n");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sizes of the data caches that one core reads through.
 *
 * @param sizes in bytes, first level first, ascending
 */
record Caches(List<Long> sizes) {
  /** What is assumed where the system does not say: 32 KiB, 1 MiB, 32 MiB. */
  static final Caches USUAL = new Caches(List.of(32L << 10, 1L << 20, 32L << 20));

  /** Where Linux describes the caches of the first processor. */
  private static final Path LINUX = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KMG]?)");

  /**
   * A cache or the memory.
   *
   * @param name as in {@link MemoryLevel}
   * @param bytes as in {@link MemoryLevel}
   * @param workingSet bytes to read over and over, so that they come from this level
   */
  record Level(String name, long bytes, long workingSet) {}

  static Caches ofThisMachine() {
    return ofLinux(LINUX);
  }

  /** The caches that a folder of the system describes; the usual ones where it does not. */
  static Caches ofLinux(Path folder) {
    SortedMap<Integer, Long> sizes = new TreeMap<>();
    try (DirectoryStream<Path> caches = Files.newDirectoryStream(folder, "index*")) {
      for (Path cache : caches) {
        if (!line(cache, "type").equals("Instruction")) {
          sizes.put(Integer.parseInt(line(cache, "level")), bytes(line(cache, "size")));
        }
      }
    } catch (IOException | NumberFormatException _) {
      return USUAL;
    }
    List<Long> found = List.copyOf(sizes.values());
    return isAscending(found) ? new Caches(found) : USUAL;
  }

  /**
   * The levels to measure, the memory last.
   *
   * @param largestBuffer bytes that no working set exceeds
   */
  List<Level> levels(long largestBuffer) {
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      long bytes = sizes.get(i);
      long workingSet = i == 0 ? bytes / 2 : between(sizes.get(i - 1), bytes);
      levels.add(new Level("L" + (i + 1), bytes, Math.min(workingSet, largestBuffer)));
    }
    levels.add(new Level("memory", Long.MAX_VALUE, Math.min(2 * sizes.getLast(), largestBuffer)));
    return levels;
  }

  /** The geometric mean: as far beyond the one cache as it is within the other. */
  private static long between(long smaller, long larger) {
    return (long) Math.sqrt((double) smaller * larger);
  }

  private static String line(Path cache, String file) throws IOException {
    return Files.readString(cache.resolve(file)).strip();
  }

  private static long bytes(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw new NumberFormatException(size);
    }
    int shift =
        switch (matcher.group(2)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          default -> 0;
        };
    return Long.parseLong(matcher.group(1)) << shift;
  }

  private static boolean isAscending(List<Long> sizes) {
    long last = 0;
    for (long size : sizes) {
      if (size <= last) {
        return false;
      }
      last = size;
    }
    return last > 0;
  }
}

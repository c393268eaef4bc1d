// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.format.ModelFormatException;

/** However a file is damaged, it is a network or a sentence, never anything else. */
class CorruptedCheckpointTest {
  private static final int DAMAGES = 5;

  @TempDir Path folder;

  /** One golden for each checkpoint file. */
  static Stream<Goldens.Good> checkpoints() {
    Set<Path> seen = new HashSet<>();
    Stream<Goldens.Good> kinds =
        Goldens.kindsOfFiles()
            .map(kind -> new Goldens.Good(kind.toString(), kind.file(), kind.options()));
    return Stream.of(Goldens.good(), Goldens.onnx(), Goldens.modules(), Goldens.formats(), kinds)
        .flatMap(goldens -> goldens)
        .filter(golden -> seen.add(golden.checkpoint()));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void withFlippedBits(Goldens.Good golden) throws IOException {
    Random random = new Random(golden.name().hashCode());
    damage(
        golden,
        bytes -> {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
          return bytes;
        });
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void withOverwrittenStretches(Goldens.Good golden) throws IOException {
    Random random = new Random(golden.name().hashCode());
    damage(
        golden,
        bytes -> {
          byte[] stretch = new byte[1 + random.nextInt(8)];
          random.nextBytes(stretch);
          int start = random.nextInt(bytes.length - stretch.length);
          System.arraycopy(stretch, 0, bytes, start, stretch.length);
          return bytes;
        });
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void truncatedItIsRefused(Goldens.Good golden) throws IOException {
    Random random = new Random(golden.name().hashCode());
    byte[] bytes = Files.readAllBytes(golden.checkpoint());
    Path damaged = folder.resolve("damaged");
    for (int i = 0; i < DAMAGES; i++) {
      Files.write(damaged, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      assertThrows(
          ModelFormatException.class,
          () -> Checkpoints.importNetwork(damaged, golden.importOptions()));
    }
  }

  private void damage(Goldens.Good golden, UnaryOperator<byte[]> damage) throws IOException {
    byte[] bytes = Files.readAllBytes(golden.checkpoint());
    Path damaged = folder.resolve("damaged");
    for (int i = 0; i < DAMAGES; i++) {
      Files.write(damaged, damage.apply(bytes.clone()));
      try {
        Checkpoints.importNetwork(damaged, golden.importOptions()).network().close();
      } catch (ModelFormatException e) {
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
      } catch (RuntimeException | Error e) {
        fail("damage " + i + " of " + golden.name(), e);
      }
    }
  }
}

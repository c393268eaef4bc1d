// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonKey;
import com.google.protobuf.CodedInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.razorvine.pickle.Unpickler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFormatException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/** Broken and hostile files are refused with one sentence, and nothing in them is executed. */
class BadCheckpointTest {
  static Stream<Goldens.Bad> files() {
    return Goldens.bad();
  }

  @ParameterizedTest
  @MethodSource("files")
  void isRefusedWithASentence(Goldens.Bad bad) {
    String sentence = refusal(bad.file(), bad.importOptions());
    assertTrue(sentence.startsWith(bad.file() + ": "), sentence);
    String reason = sentence.substring(bad.file().toString().length());
    assertTrue(
        reason.toLowerCase(Locale.ROOT).contains(bad.expected().toLowerCase(Locale.ROOT)),
        sentence + " should name " + bad.expected());
    assertFalse(reason.contains("\n") || reason.contains("Exception"), sentence);
    assertFalse(reason.contains("java.") || reason.contains("org.lstm4j"), sentence);
  }

  @Test
  void aMissingFileIsRefused(@TempDir Path folder) {
    assertTrue(refusal(folder.resolve("none.pt")).contains("no such file"));
  }

  @Test
  void aFolderIsRefused(@TempDir Path folder) {
    assertTrue(refusal(folder).contains("folder"));
  }

  @Test
  void whateverTheNameTheContentDecides(@TempDir Path folder) throws IOException {
    Path renamed = folder.resolve("model.safetensors");
    Files.copy(Goldens.good("cell").checkpoint(), renamed);
    assertEquals(ContainerKind.TORCH_ZIP, Checkpoints.read(renamed).container());
  }

  /**
   * All of them in a JVM with little memory: it must come to its end by itself, having said a
   * sentence for each file, and no file may have been made by one of them.
   */
  @Test
  void aSmallHeapIsEnoughToRefuseThem(@TempDir Path folder) throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                classPath(),
                RefuseBadCheckpoints.class.getName())
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, jvm.waitFor(), output);
    assertEquals(Goldens.bad().count(), output.lines().count(), output);
    try (Stream<Path> made = Files.list(folder)) {
      assertEquals(List.of(), made.toList());
    }
  }

  private static String refusal(Path file) {
    return refusal(file, ImportOptions.none());
  }

  private static String refusal(Path file, ImportOptions options) {
    return assertThrows(ModelFormatException.class, () -> Checkpoints.importNetwork(file, options))
        .getMessage();
  }

  /** The tests' classes, and where all that they need was loaded from. */
  private static String classPath() {
    Stream<Path> needed =
        Stream.of(
                Checkpoints.class,
                Network.class,
                ModelFormatException.class,
                Unpickler.class,
                JsonParser.class,
                JsonNode.class,
                CodedInputStream.class,
                JsonKey.class)
            .map(BadCheckpointTest::location);
    return Stream.concat(Stream.of(Goldens.root()), needed)
        .map(Path::toString)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

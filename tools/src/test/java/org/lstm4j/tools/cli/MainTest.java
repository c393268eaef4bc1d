// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @TempDir private Path folder;

  @Test
  void helpListsEveryCommand() {
    CommandRun run = CommandRun.of("--help");
    assertEquals(0, run.exitCode());
    for (String command :
        new String[] {
          "convert",
          "export",
          "inspect",
          "run",
          "verify",
          "forecast",
          "bench",
          "train",
          "generate",
          "program",
          "demo"
        }) {
      assertTrue(run.out().contains("\n  " + command), run.out());
    }
  }

  @Test
  void withoutACommandTheHelpGoesToStandardError() {
    CommandRun run = CommandRun.of();
    assertEquals(new CommandRun(2, "", CommandRun.of("--help").out()), run);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convert",
        "export",
        "inspect",
        "run",
        "verify",
        "bench",
        "train",
        "generate",
        "program"
      })
  void helpOfACommandHasExamplesOfIt(String command) {
    CommandRun run = CommandRun.of(command, "--help");
    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("Examples:"), run.out());
    assertTrue(run.out().contains("lstm4j " + command + " "), run.out());
    assertEquals(run, CommandRun.of("help", command));
  }

  @Test
  void versionNamesTheProgramAndTheJavaThatRunsIt() {
    CommandRun run = CommandRun.of("--version");
    assertEquals(0, run.exitCode());
    assertTrue(run.out().startsWith("lstm4j "), run.out());
    assertTrue(run.out().contains("Java " + Runtime.version()), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frobnicate                                | frobnicate' is nothing",
        "convert                                   | SRC",
        "convert a.pt                              | -o",
        "convert a.pt -o b.l4j --frobnicate        | --frobnicate",
        "convert a.pt -o b.l4j --read sideways     | --read",
        "convert a.pt -o b.l4j --one-to-many twice | --one-to-many",
        "run a.l4j -i x.txt -o y.npy               | x.txt",
        "run a.l4j -i x.npy -o y                   | .npz",
        "run a.l4j -i - -o y.npz                   | CSV",
        "run a.l4j -i x.npy -o x.npy               | x.npy",
        "run a.l4j -i x.npy -o y.npy --steps 0     | --steps",
        "verify a.l4j                              | GOLDEN",
        "verify a.l4j b.npz --tolerance nan        | --tolerance",
        "bench                                     | MODEL",
        "export a.l4j                              | --output",
        "export a.l4j -o a.l4j                     | a.l4j",
        "verify a.l4j b.npz --weights f16          | is not f32, bf16 or int8",
        "bench a.l4j --weights f16                 | is not f32, bf16 or int8",
        "bench a.l4j --threads 0                   | --threads",
        "bench a.l4j --batch 0                     | --batch",
        "bench a.l4j --steps 0                     | --steps",
        "bench a.l4j --steps 9 --seconds 1         | --seconds",
        "bench a.l4j --steps-per-run 0             | --steps-per-run",
        "bench a.l4j --seconds 0                   | --seconds",
        "bench a.l4j --seconds infinity            | --seconds",
        "bench a.l4j --warm-up nan                 | --warm-up",
        "bench a.l4j --json a.l4j                  | a.l4j",
        "bench a.l4j --json b --plot b             | both name b",
        "bench a.l4j --plot missing/plot.png       | missing/plot.png",
        "program cosine                            | cosine' is nothing",
        "program sine --epochs 0                   | --epochs",
        "program sine --plot missing/plot.png      | missing/plot.png",
        "program addition --samples 0              | --samples",
        "program addition --updates -1             | --updates",
        "program recall --steps 10,0               | --steps",
        "program recall --updates 0                | --updates",
        "program recall --steps 10 --plot a.png    | two --steps",
        "program recall --plot missing/plot.png    | missing/plot.png",
      })
  void wrongUsageExitsWithTwoAndASentenceAndWhereToLook(String arguments, String expected) {
    CommandRun run = CommandRun.of((Object[]) words(arguments));
    assertEquals(2, run.exitCode());
    assertEquals("", run.out());
    assertEquals(2, run.err().lines().count(), run.err());
    assertTrue(run.err().lines().findFirst().orElseThrow().contains(expected), run.err());
    assertTrue(run.err().contains("--help"), run.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convert missing.pt -o model.l4j",
        "inspect missing.l4j",
        "inspect missing.pt",
        "run missing.l4j -i x.npy -o y.npy",
        "verify missing.l4j golden.npz",
        "bench missing.l4j"
      })
  void aMissingFileExitsWithOneAndASentence(String arguments) {
    CommandRun run = CommandRun.of((Object[]) words(arguments));
    assertEquals(1, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.sentence().startsWith("missing."), run.err());
  }

  @Test
  void aFolderInPlaceOfAFileIsSaidToBeOne() {
    CommandRun run = CommandRun.of("inspect", folder);
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains(folder.toString()), run.err());
    assertTrue(run.sentence().contains("directory") || run.sentence().contains("folder"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void verboseAddsTheStackTrace(String place) throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.l4j"), "broken");
    CommandRun run =
        place.equals("before")
            ? CommandRun.of("--verbose", "inspect", broken)
            : CommandRun.of("inspect", broken, "--verbose");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("\tat org.lstm4j."), run.err());
    assertFalse(CommandRun.of("inspect", broken).err().contains("\tat "));
  }

  @Test
  void anArgumentThatBeginsWithAnAtSignIsAFileNameLikeAnyOther() {
    assertTrue(CommandRun.of("inspect", "@missing").sentence().startsWith("@missing: "));
  }

  @Test
  void aReaderThatIsGoneIsAFailure() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(InputStream.nullInputStream(), closed, err, UTF_8);
    assertEquals(1, Main.run(new String[] {"--version"}, terminal));
    assertTrue(err.toString(UTF_8).contains("standard output"), err.toString(UTF_8));
  }

  private static String[] words(String text) {
    return text.strip().split(" +");
  }
}

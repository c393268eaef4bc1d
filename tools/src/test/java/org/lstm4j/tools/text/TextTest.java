// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.Vocabulary;

class TextTest {
  @TempDir private Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("corpus.txt"), bytes);
  }

  private Path file(String text) throws IOException {
    return file(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTextIsReadAsItIsWithoutItsByteOrderMark() throws IOException {
    assertEquals("Größe 詩\r\n", Corpus.read(file("\uFEFFGröße 詩\r\n"), Corpus.Normalise.NONE));
  }

  @Test
  void lowerLettersKeepsSmallLettersAndSingleSpaces() throws IOException {
    assertEquals(
        "the time traveller for so it will",
        Corpus.read(
            file("The Time\nTraveller (for so it -- WILL"), Corpus.Normalise.LOWER_LETTERS));
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Path latin1 = file("Größe".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(refusal(latin1, Corpus.Normalise.NONE).contains("not text in UTF-8"));
    assertTrue(refusal(file(""), Corpus.Normalise.NONE).contains("holds no text"));
    assertTrue(refusal(file("詩 1"), Corpus.Normalise.LOWER_LETTERS).contains("from A to Z"));
  }

  private static String refusal(Path file, Corpus.Normalise normalise) {
    return assertThrows(ModelFormatException.class, () -> Corpus.read(file, normalise))
        .getMessage();
  }

  @Test
  void theMostFrequentTokensComeFirstAfterTheUnknownOne() {
    assertEquals(
        new Vocabulary(
            Vocabulary.Kind.CHARACTER, List.of("<unk>", "n", "b", "a"), OptionalInt.of(0)),
        Tokenizer.vocabulary("bannbn", Vocabulary.Kind.CHARACTER, 1));
    assertEquals(
        List.of("<unk>", "to", "be"),
        Tokenizer.vocabulary("to be\nor not  to be <unk>", Vocabulary.Kind.WORD, 2).tokens());
  }

  @Test
  void aCharacterOutsideTheBasicPlaneIsOneToken() {
    Tokenizer tokenizer = new Tokenizer(Tokenizer.vocabulary("a𝄞a", Vocabulary.Kind.CHARACTER, 1));

    assertArrayEquals(new int[] {2, 1}, tokenizer.encode("𝄞a"));
    assertEquals("𝄞", tokenizer.continuation(2));
  }

  @Test
  void whatTheVocabularyLacksIsUnknownAndCanBeNamed() {
    Tokenizer tokenizer = new Tokenizer(Tokenizer.vocabulary("to be", Vocabulary.Kind.WORD, 1));

    assertArrayEquals(new int[] {1, 0, 2, 0, 0}, tokenizer.encode("to do be ye do"));
    assertEquals(List.of("do", "ye"), List.copyOf(tokenizer.missing("to do be ye do")));
  }

  @Test
  void withoutAnUnknownTokenAMissingOneIsRefused() {
    Tokenizer tokenizer =
        new Tokenizer(new Vocabulary(Vocabulary.Kind.CHARACTER, List.of("a"), OptionalInt.empty()));

    assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("ab"));
  }
}

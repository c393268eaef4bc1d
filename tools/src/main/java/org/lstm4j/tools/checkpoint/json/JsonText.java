// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorNames;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** Reads JSON from files that are not trusted. */
final class JsonText {
  // Four dicts in each other, and a tensor of as many dimensions as a convolution has, or layers.
  private static final int MAX_NESTING = 12;

  // Texts are names; a number has at most some twenty digits, unless somebody writes all zeros.
  private static final int MAX_STRING = 1 << 16;
  private static final int MAX_DIGITS = 400;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          // Python's json.dump writes NaN and Infinity.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNameLength(TensorNames.MAX_LENGTH)
                  .maxStringLength(MAX_STRING)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .build();

  private JsonText() {}

  /** Reads a value from tokens. */
  @FunctionalInterface
  interface Reading<T> {
    T read(JsonParser parser);
  }

  /**
   * Reads a file from its first token to its last.
   *
   * @throws Refusal if it is no JSON, or if {@code reading} says so
   */
  static <T> T read(Path file, Reading<T> reading) throws IOException {
    try (Reader text = utf8(file);
        JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      T value = reading.read(parser);
      Refusal.require(
          parser.nextToken() == null, "goes on after its JSON object; keep one object a file");
      return value;
    } catch (StreamConstraintsException e) {
      throw Refusal.causedBy(
          e,
          "is JSON that is nested deeper than %d levels, or has a name or number longer than any of"
              + " a network; it is no checkpoint",
          MAX_NESTING);
    } catch (JacksonException e) {
      throw Refusal.causedBy(e, "is not valid JSON (%s); copy or export it again", reason(e));
    } catch (CharacterCodingException e) {
      throw Refusal.causedBy(e, "is not UTF-8 text; save it in UTF-8");
    }
  }

  /** UTF-8 and nothing else; a JSON parser left alone would guess. */
  private static Reader utf8(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            Files.newInputStream(file),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  /** The parser's first clause; what follows speaks of the parser's own classes and settings. */
  private static String reason(JacksonException e) {
    return e.getCause() instanceof CharacterCodingException
        ? "it is not UTF-8 text"
        : e.getOriginalMessage().split("[:(]", 2)[0].strip();
  }

  /** Requires a token, of what is said to be wrong otherwise. */
  static void expect(JsonToken found, JsonToken wanted, String sentence, Object... values) {
    Refusal.require(found == wanted, sentence, values);
  }
}

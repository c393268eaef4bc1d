// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.tools.DType;
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

/** Reads the JSON header into tensor entries, token by token. Used once. */
final class HeaderParser {
  private static final String METADATA = "__metadata__";
  private static final String ARCHITECTURE = "lstm4j";

  // The root, a tensor, its shape; everything deeper is none of the format.
  private static final int MAX_NESTING = 3;

  // A tensor takes some fifteen; so this bounds the memory for entries.
  private static final int MAX_TOKENS = 500_000;

  // Far below what a long holds, far above any size.
  private static final int MAX_DIGITS = 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxTokenCount(MAX_TOKENS)
                  .maxNameLength(TensorNames.MAX_LENGTH)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .build();

  private static final Map<String, DType> DTYPES =
      Map.ofEntries(
          Map.entry("F64", DType.FLOAT64),
          Map.entry("F32", DType.FLOAT32),
          Map.entry("F16", DType.FLOAT16),
          Map.entry("BF16", DType.BFLOAT16),
          Map.entry("I64", DType.INT64),
          Map.entry("I32", DType.INT32),
          Map.entry("I16", DType.INT16),
          Map.entry("I8", DType.INT8),
          Map.entry("U64", DType.UINT64),
          Map.entry("U32", DType.UINT32),
          Map.entry("U16", DType.UINT16),
          Map.entry("U8", DType.UINT8),
          Map.entry("BOOL", DType.BOOL));

  private final JsonParser parser;
  private final List<TensorEntry> entries = new ArrayList<>();
  private Optional<String> architecture = Optional.empty();

  private HeaderParser(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * The header of a file.
   *
   * @throws Refusal if the header is no JSON, or no such header
   */
  static Header parse(Reader header) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), header)) {
      HeaderParser reader = new HeaderParser(parser);
      reader.readRoot();
      return new Header(reader.entries, reader.architecture);
    } catch (StreamConstraintsException e) {
      throw Refusal.causedBy(
          e, "has a JSON header that is nested too deep or too large for tensors; it is damaged");
    } catch (JacksonException e) {
      throw Refusal.causedBy(
          e, "has a header that is not valid JSON (%s); copy or download it again", reason(e));
    }
  }

  /** The parser's first clause; what follows speaks of the parser's own classes and settings. */
  private static String reason(JacksonException e) {
    return e.getCause() instanceof CharacterCodingException
        ? "it is not UTF-8 text"
        : e.getOriginalMessage().split("[:(]", 2)[0].strip();
  }

  private void readRoot() {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "its header");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      expect(parser.nextToken(), JsonToken.START_OBJECT, name);
      if (name.equals(METADATA)) {
        readMetadata();
      } else {
        entries.add(readEntry(TensorNames.require(name)));
      }
    }
    Refusal.require(
        parser.nextToken() == null, "has more than one JSON object in its header; it is damaged");
  }

  /** Texts by name, of which one says what the network is; values of other kinds are none. */
  private void readMetadata() {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals(ARCHITECTURE)) {
        expect(value, JsonToken.VALUE_STRING, name);
        architecture = Optional.of(parser.getString());
      } else {
        parser.skipChildren();
      }
    }
  }

  private TensorEntry readEntry(String name) {
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String property = parser.currentName();
      switch (property) {
        case "dtype" -> dtype = readDType(name);
        case "shape" -> shape = readNumbers(name);
        case "data_offsets" -> offsets = readNumbers(name);
        default ->
            throw new Refusal(
                "describes %s by '%s', which safetensors does not have; it is damaged",
                name, property);
      }
    }
    Refusal.require(
        dtype != null && shape != null && offsets != null && offsets.size() == 2,
        "describes %s without dtype, shape and two data_offsets; the file is damaged",
        name);
    return new TensorEntry(name, dtype, shape, offsets.getFirst(), offsets.getLast());
  }

  private DType readDType(String name) {
    expect(parser.nextToken(), JsonToken.VALUE_STRING, name);
    String text = parser.getString();
    DType dtype = DTYPES.get(text);
    Refusal.require(
        dtype != null,
        "stores %s with the dtype '%s', which is not supported; convert it to float32 and save"
            + " again",
        name,
        text);
    return dtype;
  }

  private List<Long> readNumbers(String name) {
    expect(parser.nextToken(), JsonToken.START_ARRAY, name);
    List<Long> numbers = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      expect(token, JsonToken.VALUE_NUMBER_INT, name);
      Refusal.require(
          parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER,
          "gives %s a number beyond 64 bits; the file is damaged",
          name);
      numbers.add(parser.getLongValue());
    }
    return numbers;
  }

  private static void expect(JsonToken found, JsonToken wanted, String where) {
    Refusal.require(
        found == wanted, "describes %s in another way than safetensors does; it is damaged", where);
  }
}

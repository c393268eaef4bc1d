// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npy;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the words of {@code --lengths}: numbers, or a file that holds them. */
final class LengthsOption implements ITypeConverter<LengthsOption.Source> {
  /** Where lengths come from. */
  sealed interface Source {
    /** The lengths. */
    NdArray read() throws IOException;

    /** The files that they are read from. */
    List<Path> files();

    /** What messages call them. */
    String name();

    /**
     * Checks that they are the lengths of an input.
     *
     * @throws ModelFormatException if not, with a message about them rather than about the input
     */
    default void requireFit(SequenceShape shape) throws IOException {
      SequenceLengths.of(new NamedArrays(name(), Map.of(SequenceLengths.KEY, read())), shape);
    }
  }

  private record Numbers(String name, NdArray numbers) implements Source {
    @Override
    public NdArray read() {
      return numbers;
    }

    @Override
    public List<Path> files() {
      return List.of();
    }
  }

  private record File(Path path) implements Source {
    @Override
    public NdArray read() throws IOException {
      return Npy.read(path);
    }

    @Override
    public List<Path> files() {
      return List.of(path);
    }

    @Override
    public String name() {
      return path.toString();
    }
  }

  @Override
  public Source convert(String words) {
    Path file = Path.of(words);
    return SequenceFormat.of(file).orElse(null) == SequenceFormat.NPY
        ? new File(file)
        : new Numbers("--lengths " + words, numbers(words));
  }

  private static NdArray numbers(String words) {
    try {
      long[] numbers =
          Arrays.stream(words.split(",", -1))
              .map(String::strip)
              .mapToLong(Long::parseLong)
              .toArray();
      return NdArray.of(numbers, numbers.length);
    } catch (NumberFormatException _) {
      throw new TypeConversionException(
          "'%s' is neither whole numbers such as 5,9,2 nor the name of an .npy file"
              .formatted(words));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Numbers that PyTorch gave, by case and key: what make_training_goldens.py writes. */
public final class TrainingGolden {
  /** What is granted beyond twice PyTorch's own error, of the largest reference or of 1. */
  private static final double GRANTED = 0x1p-22;

  private final Map<String, double[]> numbers = new HashMap<>();

  private TrainingGolden() {}

  /** Reads one of the files. */
  public static TrainingGolden read(String file) {
    TrainingGolden golden = new TrainingGolden();
    try (var stream = TrainingGolden.class.getResourceAsStream(file);
        var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
      lines.lines().map(line -> line.split(";", -1)).forEach(golden::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return golden;
  }

  private void add(String... fields) {
    double[] values =
        Arrays.stream(fields[2].split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    numbers.put(fields[0] + ";" + fields[1], values);
  }

  /** The numbers. */
  public double[] doubles(String name, String key) {
    return numbers.get(name + ";" + key);
  }

  /** Numbers that are floats. */
  public float[] floats(String name, String key) {
    double[] values = doubles(name, key);
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Fails if numbers are further from PyTorch's float64 result than the project's bound. */
  public void assertWithinBound(String name, String key, double... actual) {
    double[] expected = doubles(name, key);
    double bound = 2 * error(expected, doubles(name, key + "_f32"));
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    bound += GRANTED * Math.max(1, largest);
    double error = error(expected, actual);
    assertTrue(error <= bound, "%s %s: error %.3g, bound %.3g".formatted(name, key, error, bound));
  }

  /** The same for floats. */
  public void assertWithinBound(String name, String key, float... actual) {
    double[] doubles = new double[actual.length];
    for (int i = 0; i < actual.length; i++) {
      doubles[i] = actual[i];
    }
    assertWithinBound(name, key, doubles);
  }

  /** The largest difference; NaN where there is one that is not in both. */
  private static double error(double[] expected, double... actual) {
    assertTrue(expected.length == actual.length, "length " + actual.length);
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      error = Math.max(error, Math.abs(expected[i] - actual[i]));
    }
    return error;
  }
}

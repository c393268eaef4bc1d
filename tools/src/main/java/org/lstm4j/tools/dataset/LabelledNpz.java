// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

/**
 * Labelled sequences in an {@code .npz}: {@code x} of shape (sequences, time steps, features),
 * {@code y} of shape (sequences) with classes from 0, and optionally {@code lengths}, the time
 * steps of each sequence; what lies beyond one is not read. Labels are the numbers of the classes.
 */
public final class LabelledNpz {
  private final Path file;
  private final Map<String, NdArray> arrays;

  private LabelledNpz(Path file, Map<String, NdArray> arrays) {
    this.file = file;
    this.arrays = arrays;
  }

  /**
   * Reads a file.
   *
   * @throws ModelFormatException if the arrays are not as above, or if a feature is no finite
   *     number
   * @throws IOException if the file cannot be read
   */
  public static LabelledSequences read(Path file) throws IOException {
    return new LabelledNpz(file, Npz.read(file)).sequences();
  }

  private LabelledSequences sequences() throws IOException {
    NdArray x = array("x", 3);
    long[] shape = x.shape();
    int count = Math.toIntExact(shape[0]);
    int steps = Math.toIntExact(shape[1]);
    int features = Math.toIntExact(shape[2]);
    if (x.size() == 0) {
      throw fault(
          "x has the shape %s and holds nothing; give it sequences", Arrays.toString(shape));
    }
    int[] classes = ints("y", count, 0, Integer.MAX_VALUE);
    int[] lengths = new int[count];
    Arrays.fill(lengths, steps);
    if (arrays.containsKey("lengths")) {
      lengths = ints("lengths", count, 1, steps);
    }
    float[] values = x.floats();
    float[][] sequences = new float[count][];
    for (int i = 0; i < count; i++) {
      int from = i * steps * features;
      sequences[i] = Arrays.copyOfRange(values, from, from + lengths[i] * features);
      requireFinite(i, sequences[i], features);
    }
    return new LabelledSequences(features, List.of(sequences), classes, labels(classes));
  }

  private Labels labels(int[] classes) throws ModelFormatException {
    int[] present = Arrays.stream(classes).distinct().sorted().toArray();
    int most = present[present.length - 1];
    if (most != present.length - 1 || most == 0) {
      throw fault(
          "y has %d classes, the highest of which is %d; number two or more from 0 without a gap",
          present.length, most);
    }
    return new Labels(IntStream.rangeClosed(0, most).mapToObj(Integer::toString).toList());
  }

  private NdArray array(String name, int rank) throws ModelFormatException {
    NdArray array = arrays.get(name);
    if (array == null) {
      throw fault("holds no array %s, but %s; store x, y and maybe lengths", name, arrays.keySet());
    }
    if (array.rank() != rank) {
      throw fault(
          "%s has the shape %s where %d axes are expected; store x as (sequences, time steps,"
              + " features), y and lengths as (sequences)",
          name, Arrays.toString(array.shape()), rank);
    }
    return array;
  }

  private int[] ints(String name, int count, int least, int most) throws ModelFormatException {
    int[] values = array(name, 1).ints();
    if (values.length != count) {
      throw fault(
          "%s has %d elements for %d sequences; give each sequence one",
          name, values.length, count);
    }
    for (int i = 0; i < count; i++) {
      if (values[i] < least || values[i] > most) {
        throw fault(
            "%s of sequence %d is %d; give a number from %d to %d",
            name, i, values[i], least, most);
      }
    }
    return values;
  }

  private void requireFinite(int sequence, float[] values, int features)
      throws ModelFormatException {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw fault(
            "x[%d, %d, %d] is %s; fill the gap or leave the sequence out",
            sequence, i / features, i % features, values[i]);
      }
    }
  }

  private ModelFormatException fault(String sentence, Object... values) {
    return new ModelFormatException(file + ": " + sentence.formatted(values));
  }
}

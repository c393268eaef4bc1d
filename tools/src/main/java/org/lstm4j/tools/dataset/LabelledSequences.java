// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.Window;
import org.lstm4j.format.Labels;

/**
 * Sequences of vectors, of any lengths, that have a label each; read by {@link LabelledCsv} and
 * {@link LabelledNpz}. Immutable, hence safe to share between threads.
 */
public final class LabelledSequences {
  private final int features;
  // Each [time step, feature]
  private final List<float[]> sequences;
  private final int[] classes;
  private final Labels labels;

  /**
   * Gathers sequences.
   *
   * @param features of a time step
   * @param sequences each [time step, feature], at least one time step; not copied
   * @param classes the index of each sequence's label; not copied
   * @param labels their names
   */
  LabelledSequences(int features, List<float[]> sequences, int[] classes, Labels labels) {
    this.features = features;
    this.sequences = List.copyOf(sequences);
    this.classes = classes;
    this.labels = labels;
  }

  /** {@return how many sequences there are} */
  public int count() {
    return sequences.size();
  }

  /** {@return features of a time step} */
  public int features() {
    return features;
  }

  /** {@return the names of the classes; belong into the model file} */
  public Labels labels() {
    return labels;
  }

  /** {@return time steps of the longest sequence} */
  public int maxSteps() {
    return IntStream.range(0, count()).map(this::steps).max().orElse(0);
  }

  /**
   * The class of a sequence.
   *
   * @param sequence its index
   * @return the index of its label
   */
  public int classOf(int sequence) {
    return classes[sequence];
  }

  /** A sequence, [time step, feature]; not a copy. */
  float[] sequence(int sequence) {
    return sequences.get(sequence);
  }

  /**
   * Divides them between training and validation.
   *
   * @return the indices of either part
   * @throws IllegalArgumentException if there is none to train, or if a class that is to be
   *     recognised is not among them
   */
  public Split.Parts split(Split split) {
    Split.Parts parts = split.items(count());
    HashSet<Integer> learnt = new HashSet<>();
    Arrays.stream(parts.training()).forEach(sequence -> learnt.add(classes[sequence]));
    List<String> missing =
        Arrays.stream(parts.validation())
            .map(sequence -> classes[sequence])
            .distinct()
            .sorted()
            .filter(label -> !learnt.contains(label))
            .mapToObj(labels.names()::get)
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "no sequence to train has the label %s; hold back fewer for validation, or give another seed"
              .formatted(String.join(", ", missing)));
    }
    return parts;
  }

  /**
   * The weights of a {@link FeatureScaling} by the mean and standard deviation of each feature.
   *
   * @param part indices of the sequences to look at, at least one
   */
  public Map<String, Tensor> scaling(int[] part) {
    return FeatureScaling.weights(
        IntStream.range(0, features)
            .mapToObj(feature -> FeatureScaling.of(feature, valuesOf(feature, part)))
            .toList());
  }

  private float[] valuesOf(int feature, int[] part) {
    int steps = Arrays.stream(part).map(this::steps).sum();
    float[] values = new float[steps];
    int filled = 0;
    for (int item : part) {
      for (int t = 0; t < steps(item); t++) {
        values[filled] = sequences.get(item)[t * features + feature];
        filled++;
      }
    }
    return values;
  }

  private int steps(int sequence) {
    return sequences.get(sequence).length / features;
  }

  /**
   * The same with the classes of a model, which may be more.
   *
   * @param known labels of the model, all of these among them
   * @throws IllegalArgumentException if one is not
   */
  public LabelledSequences withLabels(Labels known) {
    for (String name : labels.names()) {
      if (!known.names().contains(name)) {
        throw new IllegalArgumentException(
            "the label '%s' is none of the model's, which are %s"
                .formatted(name, String.join(", ", known.names())));
      }
    }
    int[] indices = labels.names().stream().mapToInt(name -> known.names().indexOf(name)).toArray();
    return new LabelledSequences(
        features, sequences, Arrays.stream(classes).map(c -> indices[c]).toArray(), known);
  }

  /**
   * Batches to train on, in an order of each epoch's own.
   *
   * @param part indices of sequences
   * @param batch sequences of a batch, at most as many as the part has
   * @param seed of the order
   */
  public Batches training(int[] part, int batch, long seed) {
    return Batches.training(part.clone(), batch, seed, this::window);
  }

  /**
   * Batches to validate on, each sequence once.
   *
   * @param part indices of sequences
   * @param batch sequences of a batch, at least 1
   */
  public Batches validation(int[] part, int batch) {
    return Batches.validation(part.clone(), batch, this::window);
  }

  /**
   * Counts the sequences whose label gets the highest score.
   *
   * @param network gives a score for each label
   * @param part indices of sequences
   */
  public int recognised(Network network, int[] part) {
    int right = 0;
    float[] scores = new float[labels.names().size()];
    SessionOptions options = SessionOptions.defaults().withMaxSteps(maxSteps());
    try (Session session = network.newSession(options)) {
      for (int item : part) {
        session.reset();
        session.run(sequences.get(item), steps(item), scores);
        right += HighestScore.of(scores, 0, scores.length) == classes[item] ? 1 : 0;
      }
    }
    return right;
  }

  private Window window(int[] items) {
    int batch = items.length;
    int[] lengths = Arrays.stream(items).map(this::steps).toArray();
    int steps = Arrays.stream(lengths).max().orElseThrow();
    float[] xs = new float[Math.multiplyExact(Math.multiplyExact(steps, batch), features)];
    int[] targets = new int[batch];
    for (int b = 0; b < batch; b++) {
      float[] values = sequences.get(items[b]);
      for (int t = 0; t < lengths[b]; t++) {
        System.arraycopy(values, t * features, xs, (t * batch + b) * features, features);
      }
      targets[b] = classes[items[b]];
    }
    return Window.of(xs, steps, targets).withLengths(lengths);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.List;
import java.util.Optional;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.training.TrainingState;

/**
 * What may travel with a network in its model file: what its numbers mean to people, and how its
 * training goes on. Immutable.
 *
 * <pre>{@code
 * ModelFile.write(network, Attachments.none().with(vocabulary).with(trainingState), path);
 * }</pre>
 *
 * @param vocabulary the text behind the tokens that the network takes
 * @param normalisation how the columns of a table become the vectors that it takes
 * @param labels the classes that it tells apart
 * @param trainingState what its training goes on from
 */
public record Attachments(
    Optional<Vocabulary> vocabulary,
    Optional<Normalisation> normalisation,
    Optional<Labels> labels,
    Optional<TrainingState> trainingState) {
  private static final Attachments NONE =
      new Attachments(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** {@return no attachments} */
  public static Attachments none() {
    return NONE;
  }

  /** {@return whether there is nothing} */
  public boolean isEmpty() {
    return equals(NONE);
  }

  /** {@return these and a vocabulary, which replaces the one there was} */
  public Attachments with(Vocabulary newVocabulary) {
    return new Attachments(Optional.of(newVocabulary), normalisation, labels, trainingState);
  }

  /** {@return these and a normalisation, which replaces the one there was} */
  public Attachments with(Normalisation newNormalisation) {
    return new Attachments(vocabulary, Optional.of(newNormalisation), labels, trainingState);
  }

  /** {@return these and labels, which replace those there were} */
  public Attachments with(Labels newLabels) {
    return new Attachments(vocabulary, normalisation, Optional.of(newLabels), trainingState);
  }

  /** {@return these and a training state, which replaces the one there was} */
  public Attachments with(TrainingState newTrainingState) {
    return new Attachments(vocabulary, normalisation, labels, Optional.of(newTrainingState));
  }

  /** {@return these as a finished model has them, which nobody goes on training} */
  public Attachments withoutTrainingState() {
    return new Attachments(vocabulary, normalisation, labels, Optional.empty());
  }

  /**
   * Checks what the sizes of a network must be.
   *
   * @param layers of the network, at least one
   * @throws IllegalArgumentException if these are attachments of another network
   */
  void requireFit(List<Layer> layers) {
    Layer first = layers.getFirst();
    boolean tokens = first instanceof Layer.OneHot || first instanceof Layer.Embedding;
    int inputs = first.inputSize();
    int outputs = layers.getLast().outputSize();
    vocabulary.ifPresent(present -> requireFit(present, tokens, inputs));
    normalisation.ifPresent(present -> requireFit(present, tokens, inputs, outputs));
    labels.ifPresent(present -> requireFit(present, outputs));
  }

  private static void requireFit(Vocabulary vocabulary, boolean takesTokens, int inputSize) {
    require(takesTokens, "a vocabulary is for a network that takes tokens, not vectors");
    require(
        vocabulary.tokens().size() <= inputSize,
        "the vocabulary has %d tokens, but the network takes only %d",
        vocabulary.tokens().size(),
        inputSize);
  }

  private static void requireFit(
      Normalisation normalisation, boolean takesTokens, int inputSize, int outputSize) {
    require(!takesTokens, "a normalisation is for a network that takes vectors, not tokens");
    require(
        normalisation.inputs().size() == inputSize,
        "the normalisation has %d input columns, but the network takes %d features",
        normalisation.inputs().size(),
        inputSize);
    long columns = normalisation.outputs().size();
    require(
        columns == 0 || columns == outputSize || columns * normalisation.horizon() == outputSize,
        "the normalisation has %d output columns and a horizon of %d, but the network gives %d"
            + " features",
        columns,
        normalisation.horizon(),
        outputSize);
  }

  private static void requireFit(Labels labels, int outputSize) {
    int names = labels.names().size();
    require(
        names == outputSize || (names == 2 && outputSize == 1),
        "there are labels for %d classes, but the network gives %d features",
        names,
        outputSize);
  }

  private static void require(boolean rule, String sentence, Object... values) {
    if (!rule) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;

/**
 * A model that another training begins with. Immutable; weights are in memory.
 *
 * @param file where it is from
 * @param layers of its network
 * @param weights by name
 * @param initialState that sequences begin with, where it has one
 * @param batchFirst whether it takes the batch axis first; a network in training does not
 * @param metadata of its network
 * @param attachments of its file
 */
record PretrainedModel(
    Path file,
    List<Layer> layers,
    Map<String, Tensor> weights,
    Optional<State> initialState,
    boolean batchFirst,
    Map<String, String> metadata,
    Attachments attachments) {

  /**
   * Reads a model.
   *
   * @throws ModelFormatException if it is none, or one that cannot be trained
   * @throws IOException if the file cannot be read
   */
  static PretrainedModel read(Path file) throws IOException {
    try (Network network = ModelFile.open(file)) {
      if (network.oneToMany().isPresent()) {
        throw new ModelFormatException(
            file + ": makes many outputs of one input, which these commands do not train");
      }
      Map<String, Tensor> weights = new LinkedHashMap<>();
      for (Parameter parameter : network.parameters()) {
        weights.put(parameter.name(), network.parameter(parameter.name()));
      }
      return new PretrainedModel(
          file,
          network.layers(),
          weights,
          network.initialState(),
          network.batchFirst(),
          network.metadata(),
          ModelFile.attachments(file));
    }
  }

  /**
   * Checks that the network reads vectors, as many features as there are, and gives one output for
   * a sequence.
   *
   * @param inputs features of a time step
   * @param outputs features that come out
   * @param what the outputs are, in the plural
   */
  void requireManyToOne(int inputs, int outputs, String what) throws ModelFormatException {
    if (takesTokens()) {
      throw fault("takes tokens, not columns of numbers; give a model that takes vectors");
    }
    if (layers.stream().noneMatch(Layer.Readout.class::isInstance)) {
      throw fault(
          "gives an output for each time step, and here it needs one for a sequence; convert it"
              + " with --read last");
    }
    requireSize("reads %d features, but the data has %d", layers.getFirst().inputSize(), inputs);
    requireSize("gives %d features, but there are %d " + what, outputSize(), outputs);
  }

  /**
   * Checks that the network reads tokens and gives, at each time step, a score for each of them.
   *
   * @param tokens of the vocabulary
   */
  void requireTokenByToken(int tokens) throws ModelFormatException {
    if (!takesTokens() || layers.stream().anyMatch(Layer.Readout.class::isInstance)) {
      throw fault("does not read tokens and give an output for each; give a model that does");
    }
    requireSize("gives %d scores, but its vocabulary has %d tokens", outputSize(), tokens);
    requireScores();
  }

  /** Checks that no softmax is behind the scores: cross-entropy has its own. */
  void requireScores() throws ModelFormatException {
    if (layers.getLast() instanceof Layer.Activation last
        && last.function() instanceof ActivationFunction.Softmax) {
      throw fault("ends with a softmax, which is part of the loss here; import it without");
    }
  }

  private boolean takesTokens() {
    return layers.getFirst() instanceof Layer.OneHot
        || layers.getFirst() instanceof Layer.Embedding;
  }

  private int outputSize() {
    return layers.getLast().outputSize();
  }

  private void requireSize(String sentence, int size, int needed) throws ModelFormatException {
    if (size != needed) {
      throw fault(sentence.formatted(size, needed) + "; give a model that fits");
    }
  }

  private ModelFormatException fault(String sentence) {
    return new ModelFormatException(file + ": " + sentence);
  }
}

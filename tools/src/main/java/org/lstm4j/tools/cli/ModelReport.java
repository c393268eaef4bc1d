// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelSummary;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.StoredTensor;

/**
 * All that {@code lstm4j inspect} says of a file. The names of the components, in snake case, are
 * the keys of its JSON; keys are added in later versions, but none changes its meaning. What a file
 * does not have is {@code null}.
 *
 * @param file its path as given
 * @param container what kind of file it is
 * @param fileBytes its size
 * @param formatVersion of an {@code .l4j} only
 * @param producer what wrote it; of an {@code .l4j} only
 * @param input what the network takes: {@code vectors} or {@code tokens}
 * @param inputSize features of a vector, or the number of different tokens
 * @param outputSize features of an output
 * @param batchFirst whether a batch is [batch, time step, feature]
 * @param read the kind of the layer that reads over time, {@code read_all} where there is none
 * @param oneToMany how one input becomes a sequence; else {@code null}
 * @param needsWholeSequence whether an output may depend on later time steps, so that the network
 *     cannot answer step by step
 * @param learnedInitialState whether sequences start from a state of the network's own rather than
 *     from zeros
 * @param layers in the order in which data flows
 * @param parameters number of weights
 * @param weightBytes what they take in float32
 * @param packedBytes what they take in memory, packed for this machine
 * @param flopsPerStep floating-point operations per time step and batch row, see {@link
 *     Network#flopsPerStep()}
 * @param attachments what goes with the network in an {@code .l4j}
 * @param metadata free text that travels with the model
 * @param tensors all tensors of the file, also those that the network does not use
 * @param assumptions what the import took for granted, and the option that changes it
 */
record ModelReport(
    String file,
    String container,
    long fileBytes,
    Integer formatVersion,
    String producer,
    String input,
    int inputSize,
    int outputSize,
    boolean batchFirst,
    String read,
    OneToManySummary oneToMany,
    boolean needsWholeSequence,
    boolean learnedInitialState,
    List<LayerSummary> layers,
    long parameters,
    long weightBytes,
    long packedBytes,
    long flopsPerStep,
    AttachmentSummary attachments,
    Map<String, String> metadata,
    List<TensorSummary> tensors,
    List<AssumptionSummary> assumptions) {

  /**
   * How one input becomes a sequence.
   *
   * @param mode {@code repeat}, {@code zeros} or {@code feedback}
   * @param steps time steps that the network was made for
   */
  record OneToManySummary(String mode, int steps) {
    static OneToManySummary of(OneToMany oneToMany) {
      return new OneToManySummary(
          oneToMany.mode().name().toLowerCase(Locale.ROOT), oneToMany.steps());
    }
  }

  /**
   * What was assumed.
   *
   * @param sentence without a full stop
   * @param option that changes it, or {@code null}
   */
  record AssumptionSummary(String sentence, String option) {
    static AssumptionSummary of(Assumption assumption) {
      return new AssumptionSummary(assumption.sentence(), assumption.option().orElse(null));
    }
  }

  static ModelReport of(LoadedModel model) throws IOException {
    Network network = model.network();
    Optional<ModelSummary> summary =
        model.checkpoint().isPresent()
            ? Optional.empty()
            : Optional.of(ModelFile.describe(model.file()));
    return new ModelReport(
        model.file().toString(),
        model.checkpoint().map(checkpoint -> checkpoint.container().toString()).orElse("l4j model"),
        Files.size(model.file()),
        summary.map(ModelSummary::formatVersion).orElse(null),
        summary.map(ModelSummary::producer).orElse(null),
        network.takesTokens() ? "tokens" : "vectors",
        network.inputSize(),
        network.outputSize(),
        network.batchFirst(),
        network.readout().map(LayerSummary::of).map(LayerSummary::kind).orElse("read_all"),
        network.oneToMany().map(OneToManySummary::of).orElse(null),
        network.needsWholeSequence(),
        network.initialState().isPresent(),
        network.layers().stream().map(LayerSummary::of).toList(),
        network.parameterCount(),
        network.parameterCount() * Float.BYTES,
        network.packedBytes(),
        network.flopsPerStep(),
        attachments(model),
        network.metadata(),
        model.checkpoint().map(ModelReport::tensors).orElseGet(() -> tensors(network)),
        model.assumptions().stream().map(AssumptionSummary::of).toList());
  }

  private static AttachmentSummary attachments(LoadedModel model) throws IOException {
    return model.checkpoint().isPresent()
        ? null
        : AttachmentSummary.of(ModelFile.attachments(model.file()));
  }

  private static List<TensorSummary> tensors(Checkpoint checkpoint) {
    return checkpoint.tensors().stream().map(ModelReport::tensor).toList();
  }

  private static TensorSummary tensor(StoredTensor tensor) {
    String dtype = tensor.dtype().toString();
    return tensor.dtype().isFloatingPoint()
        ? TensorSummary.of(tensor.path(), dtype, tensor.toTensor())
        : TensorSummary.ofIntegers(tensor.path(), dtype, tensor.shape());
  }

  private static List<TensorSummary> tensors(Network network) {
    Stream<TensorSummary> parameters =
        network.parameters().stream()
            .map(parameter ->
                TensorSummary.of(parameter.name(), "float32", network.parameter(parameter.name())));
    return Stream.concat(parameters, initialState(network)).toList();
  }

  /** Named as in the file. */
  private static Stream<TensorSummary> initialState(Network network) {
    return network.initialState().stream()
        .flatMap(state -> state.layers().stream().flatMap(layer -> initialState(state, layer)));
  }

  private static Stream<TensorSummary> initialState(State state, String layer) {
    TensorSummary h0 = tensor(layer, "h0", state.h(layer), state.hShape(layer));
    return state.hasCellState(layer)
        ? Stream.of(h0, tensor(layer, "c0", state.c(layer), state.cShape(layer)))
        : Stream.of(h0);
  }

  private static TensorSummary tensor(String layer, String part, float[] values, long[] shape) {
    String name = layer.isEmpty() ? part : layer + "." + part;
    return TensorSummary.of(name, "float32", Tensor.of(values, shape));
  }
}

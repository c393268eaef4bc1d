// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.architecture.Architecture;
import org.lstm4j.tools.architecture.onnx.OnnxArchitecture;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.FileSignature;
import org.lstm4j.tools.checkpoint.Parametrizations;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;
import org.lstm4j.tools.checkpoint.json.JsonFile;
import org.lstm4j.tools.checkpoint.npz.NpzFile;
import org.lstm4j.tools.checkpoint.onnx.OnnxFile;
import org.lstm4j.tools.checkpoint.safetensors.SafetensorsFile;
import org.lstm4j.tools.checkpoint.safetensors.SafetensorsWriter;
import org.lstm4j.tools.checkpoint.torch.PlainPickle;
import org.lstm4j.tools.checkpoint.torch.TorchLegacy;
import org.lstm4j.tools.checkpoint.torch.TorchZip;

/**
 * Imports what PyTorch saved: {@code torch.save} in all its formats, of state dicts and of whole
 * modules; TorchScript archives of {@code torch.jit.save}; safetensors, also in shards or with the
 * architecture that {@code lstm4j_export.py} writes; ONNX models; NumPy archives; and JSON. Formats
 * are told apart by content, never by a file's name.
 *
 * <p>Files need not be trusted: nothing in one is executed, no class that one names is loaded, and
 * the memory taken is bounded by the file's size. Stateless; may be used from any thread.
 */
public final class Checkpoints {
  private Checkpoints() {}

  /**
   * Reads all tensors of a file, and the modules that were saved as objects.
   *
   * @throws ModelFormatException if the file cannot be read as a checkpoint; the message is one
   *     sentence that names the file, what is wrong and what to do
   * @throws IOException if reading fails
   */
  public static Checkpoint read(Path file) throws IOException {
    try {
      requireRegular(file);
      Checkpoint checkpoint = container(file).read(file);
      return checkpoint.architecture().isPresent()
          ? checkpoint
          : Parametrizations.resolve(checkpoint, new TensorMemory(Files.size(file)));
    } catch (Refusal e) {
      throw refused(file, e);
    }
  }

  /**
   * Reads a file and finds the network that it holds: what the file itself says, or what is
   * inferred from its tensors.
   *
   * @param options what tensors cannot say
   * @return the network, which the caller closes, and what was assumed
   * @throws ModelFormatException if the file cannot be read as a checkpoint, or no network or more
   *     than one fits its tensors and the options; the message is one sentence
   * @throws IOException if reading fails
   */
  public static Imported importNetwork(Path file, ImportOptions options) throws IOException {
    return importNetwork(read(file), options);
  }

  /**
   * Infers the network that a checkpoint holds, with float32 weights.
   *
   * @see #importNetwork(Path, ImportOptions)
   */
  public static Imported importNetwork(Checkpoint checkpoint, ImportOptions options)
      throws ModelFormatException {
    return importNetwork(checkpoint, options, WeightStorage.FLOAT32);
  }

  /**
   * Infers the network that a checkpoint holds.
   *
   * @param options what tensors cannot say; it counts more than what modules that were saved as
   *     objects say
   * @param weights how the network holds the weights of its matrices; what is not FLOAT32 cannot be
   *     written to a model file
   * @see #importNetwork(Path, ImportOptions)
   */
  public static Imported importNetwork(
      Checkpoint checkpoint, ImportOptions options, WeightStorage weights)
      throws ModelFormatException {
    try {
      Blueprint blueprint = blueprint(checkpoint, options);
      List<Assumption> assumptions = new ArrayList<>(blueprint.assumptions());
      tellRounding(blueprint, assumptions);
      checkpoint.notes().forEach(note -> assumptions.add(Assumption.of(note)));
      return new Imported(
          build(checkpoint, blueprint, options, weights), blueprint.weights(), assumptions);
    } catch (Refusal | IllegalArgumentException e) {
      // The engine says in a sentence which layers do not fit together.
      throw refused(checkpoint.file(), e);
    }
  }

  /**
   * Writes a network for PyTorch, or replaces the file, whole or not at all: a safetensors file of
   * its tensors in float32 by PyTorch's names, with the description of the network that {@code
   * lstm4j_export.py} writes too. {@link #importNetwork(Path, ImportOptions)} gives the same
   * network again, to the bit; but how one input becomes many, and the metadata, are not in the
   * file.
   *
   * @param network of FLOAT32 weights; stays the caller's to close
   * @throws IllegalArgumentException if the weights are stored otherwise, or PyTorch has nothing
   *     that computes one of the layers; the message is one sentence
   * @throws IOException if writing fails
   */
  public static void export(Network network, Path file) throws IOException {
    if (network.weights() != WeightStorage.FLOAT32) {
      throw new IllegalArgumentException(
          "only a network of FLOAT32 weights can be exported, and this one has "
              + network.weights());
    }
    try {
      SafetensorsWriter.write(network, file);
    } catch (Refusal e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Blueprint blueprint(Checkpoint checkpoint, ImportOptions options) {
    if (checkpoint.architecture().isEmpty()) {
      Checkpoint mapped =
          options.mapping().map(mapping -> mapping.apply(checkpoint)).orElse(checkpoint);
      return Architecture.infer(mapped, options);
    }
    List<String> surplus = options.ofInference();
    Refusal.require(
        surplus.isEmpty(),
        "says itself what its network is, so %s has no effect; leave it out",
        String.join(", ", surplus));
    return checkpoint.architecture().get().blueprint(options);
  }

  private static void requireRegular(Path file) {
    Refusal.require(Files.exists(file), "there is no such file; check the path");
    Refusal.require(Files.isRegularFile(file), "is no file but a folder or a device; give a file");
    Refusal.require(Files.isReadable(file), "may not be read; check its permissions");
  }

  private static Container container(Path file) throws IOException {
    return switch (FileSignature.of(file)) {
      case ZIP -> new TorchZip();
      case NPZ -> new NpzFile();
      case JSON -> new JsonFile();
      case LEGACY_TORCH -> new TorchLegacy();
      case PICKLE -> new PlainPickle();
      case SAFETENSORS -> new SafetensorsFile();
      case ONNX -> new OnnxFile(OnnxArchitecture::new);
      case FileSignature other -> throw new Refusal("%s", other.refusal());
    };
  }

  private static ModelFormatException refused(Path file, RuntimeException reason) {
    return new ModelFormatException(file + ": " + reason.getMessage(), reason);
  }

  private static void tellRounding(Blueprint blueprint, List<Assumption> assumptions) {
    TreeSet<String> rounded = new TreeSet<>();
    for (StoredTensor tensor : blueprint.weights().values()) {
      Refusal.require(
          !Float32.overflows(tensor),
          "has values beyond the range of float32 in %s; scale the network, or save it with"
              + " .float()",
          tensor.name());
      if (tensor.dtype() == DType.FLOAT64) {
        rounded.add(tensor.name());
      }
    }
    if (!rounded.isEmpty()) {
      assumptions.add(
          Assumption.of("stored as float64 and rounded to float32: " + String.join(", ", rounded)));
    }
  }

  private static Network build(
      Checkpoint checkpoint, Blueprint blueprint, ImportOptions options, WeightStorage weights) {
    Network.Builder builder =
        Network.builder()
            .batchFirst(blueprint.batchFirst())
            .oneToMany(options.oneToMany().orElse(null))
            .initialState(blueprint.initialState().orElse(null))
            .weights(weights)
            .metadata("source", String.valueOf(checkpoint.file().getFileName()))
            .metadata("source.format", checkpoint.container().toString());
    blueprint.layers().forEach(builder::add);
    Map<String, Tensor> tensors = new HashMap<>();
    for (Parameter parameter : builder.parameters()) {
      Tensor stored = blueprint.weights().get(parameter.name()).toTensor();
      tensors.put(parameter.name(), Tensor.wrap(stored.data(), parameter.shapeArray()));
    }
    return builder.build(WeightSource.of(tensors));
  }
}

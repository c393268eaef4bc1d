// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.OneToMany;

/**
 * What a user tells an import because tensors cannot say it. Everything may be left out; the import
 * then assumes something and says so.
 *
 * <p>Immutable. Made by {@link #builder()}, whose methods also take the text of the options of
 * {@code lstm4j convert}.
 */
public final class ImportOptions {
  private final boolean batchFirst;
  private final ReadOption read;
  private final String readAfter;
  private final InputOption input;
  private final OneToMany oneToMany;
  private final Map<String, Optional<ActivationFunction>> activations;
  private final ActivationFunction nonlinearity;
  private final Float eps;
  private final InitialStateOption initialState;
  private final List<ResidualSpan> residuals;
  private final Map<String, LayerKind> layers;
  private final List<String> order;
  private final String select;
  private final Mapping mapping;

  private ImportOptions(Builder builder) {
    this.batchFirst = builder.batchFirst;
    this.read = builder.read;
    this.readAfter = builder.readAfter;
    this.input = builder.input;
    this.oneToMany = builder.oneToMany;
    this.activations = Collections.unmodifiableMap(new LinkedHashMap<>(builder.activations));
    this.nonlinearity = builder.nonlinearity;
    this.eps = builder.eps;
    this.initialState = builder.initialState;
    this.residuals = builder.residuals == null ? null : List.copyOf(builder.residuals);
    this.layers = Collections.unmodifiableMap(new LinkedHashMap<>(builder.layers));
    this.order = List.copyOf(builder.order);
    this.select = builder.select;
    this.mapping = builder.mapping;
  }

  /** No option given. */
  public static ImportOptions none() {
    return builder().build();
  }

  /** Starts with no option given. */
  public static Builder builder() {
    return new Builder();
  }

  /** {@code --batch-first}: sequences are [batch, time step, feature]. */
  public boolean batchFirst() {
    return batchFirst;
  }

  /** {@code --read}: what is read over time from the last recurrent part. */
  public Optional<ReadOption> read() {
    return Optional.ofNullable(read);
  }

  /**
   * {@code --read-after}: the module whose output is read over time; empty for the last recurrent
   * one.
   */
  public Optional<String> readAfter() {
    return Optional.ofNullable(readAfter);
  }

  /** {@code --input}: what the network is given at each time step. */
  public Optional<InputOption> input() {
    return Optional.ofNullable(input);
  }

  /** {@code --one-to-many}: how one input becomes a sequence. */
  public Optional<OneToMany> oneToMany() {
    return Optional.ofNullable(oneToMany);
  }

  /**
   * {@code --activation}: what is applied after a module, by the module's name; empty for nothing,
   * whatever the file says.
   */
  public Map<String, Optional<ActivationFunction>> activations() {
    return activations;
  }

  /** {@code --nonlinearity}: what an RNN applies to its pre-activations. */
  public Optional<ActivationFunction> nonlinearity() {
    return Optional.ofNullable(nonlinearity);
  }

  /** {@code --eps}: what every LayerNorm adds to the variance. */
  public Optional<Float> eps() {
    return Optional.ofNullable(eps);
  }

  /** {@code --initial-state}: what recurrent layers start from. */
  public Optional<InitialStateOption> initialState() {
    return Optional.ofNullable(initialState);
  }

  /** {@code --residual}: all residual connections, whatever the file says; empty if not given. */
  public Optional<List<ResidualSpan>> residuals() {
    return Optional.ofNullable(residuals);
  }

  /** {@code --layers}: what a matrix without bias is, by the module's name. */
  public Map<String, LayerKind> layers() {
    return layers;
  }

  /** {@code --order}: all modules in the order in which data flows; empty if not given. */
  public List<String> order() {
    return order;
  }

  /** The options given that say what a file's tensors cannot, by the names of {@code convert}. */
  List<String> ofInference() {
    List<String> given = new ArrayList<>();
    addIf(batchFirst, "--batch-first", given);
    addIf(read != null, "--read", given);
    addIf(readAfter != null, "--read-after", given);
    addIf(input != null, "--input", given);
    addIf(!activations.isEmpty(), "--activation", given);
    addIf(nonlinearity != null, "--nonlinearity", given);
    addIf(eps != null, "--eps", given);
    addIf(initialState != null, "--initial-state", given);
    addIf(residuals != null, "--residual", given);
    addIf(!layers.isEmpty(), "--layers", given);
    addIf(!order.isEmpty(), "--order", given);
    addIf(mapping != null, "--map", given);
    return given;
  }

  private static void addIf(boolean isGiven, String option, List<String> given) {
    if (isGiven) {
      given.add(option);
    }
  }

  /**
   * {@code --select}: the module or dict to import, everything else being left aside. Of an ONNX
   * model, nodes by their names or beginnings of names, separated by commas, with all between them.
   */
  public Optional<String> select() {
    return Optional.ofNullable(select);
  }

  /** {@code --map}: which tensors are the gates of an LSTM written by hand. */
  public Optional<Mapping> mapping() {
    return Optional.ofNullable(mapping);
  }

  /**
   * Collects options. Every method throws IllegalArgumentException, with a sentence that names the
   * option, for text that it cannot read. Not thread-safe.
   */
  public static final class Builder {
    private final Map<String, Optional<ActivationFunction>> activations = new LinkedHashMap<>();
    private final Map<String, LayerKind> layers = new LinkedHashMap<>();
    private List<String> order = new ArrayList<>();
    private boolean batchFirst;
    private ReadOption read;
    private String readAfter;
    private ActivationFunction nonlinearity;
    private Float eps;
    private InitialStateOption initialState;
    private List<ResidualSpan> residuals;
    private InputOption input;
    private OneToMany oneToMany;
    private String select;
    private Mapping mapping;

    private Builder() {}

    /** See {@link ImportOptions#batchFirst()}. */
    public Builder batchFirst(boolean value) {
      batchFirst = value;
      return this;
    }

    /** See {@link ImportOptions#read()}. */
    public Builder read(ReadOption value) {
      read = Objects.requireNonNull(value, "read");
      return this;
    }

    /**
     * See {@link ImportOptions#read()}.
     *
     * @param text {@code all}, {@code last}, {@code final}, {@code max}, {@code mean}, {@code
     *     attention}, {@code decay:FACTOR}, or {@code weights:W0,W1,...} with the newest first
     */
    public Builder read(String text) {
      return read(OptionSyntax.read(text));
    }

    /** See {@link ImportOptions#readAfter()}. */
    public Builder readAfter(String module) {
      readAfter = Objects.requireNonNull(module, "readAfter");
      return this;
    }

    /** See {@link ImportOptions#input()}. */
    public Builder input(InputOption value) {
      input = Objects.requireNonNull(value, "input");
      return this;
    }

    /**
     * See {@link ImportOptions#input()}.
     *
     * @param text {@code vector}, {@code index} or {@code one-hot:N}
     */
    public Builder input(String text) {
      return input(OptionSyntax.input(text));
    }

    /** See {@link ImportOptions#oneToMany()}. */
    public Builder oneToMany(OneToMany value) {
      oneToMany = Objects.requireNonNull(value, "oneToMany");
      return this;
    }

    /**
     * See {@link ImportOptions#oneToMany()}.
     *
     * @param text {@code repeat:STEPS}, {@code zeros:STEPS} or {@code feedback:STEPS}
     */
    public Builder oneToMany(String text) {
      return oneToMany(OptionSyntax.oneToMany(text));
    }

    /** See {@link ImportOptions#activations()}; once for each module. */
    public Builder activation(String module, ActivationFunction function) {
      return activation(module, Optional.of(function));
    }

    private Builder activation(String module, Optional<ActivationFunction> function) {
      if (activations.putIfAbsent(module, function) != null) {
        throw new IllegalArgumentException(
            "--activation names '%s' twice; name every module once".formatted(module));
      }
      return this;
    }

    /**
     * See {@link ImportOptions#activations()}; once for each module.
     *
     * @param text {@code LAYER=NAME}, with NAME one of {@code sigmoid}, {@code tanh}, {@code relu},
     *     {@code leaky_relu[:SLOPE]}, {@code elu[:ALPHA]}, {@code gelu}, {@code gelu_tanh}, {@code
     *     silu}, {@code softplus[:BETA:THRESHOLD]}, {@code softmax}, {@code log_softmax}, or {@code
     *     none}
     */
    public Builder activation(String text) {
      OptionSyntax.Assignment assignment = OptionSyntax.assignment("--activation", text);
      return activation(assignment.name(), ActivationSyntax.parse(assignment.value()));
    }

    /** See {@link ImportOptions#nonlinearity()}. */
    public Builder nonlinearity(ActivationFunction value) {
      nonlinearity = Objects.requireNonNull(value, "nonlinearity");
      return this;
    }

    /**
     * See {@link ImportOptions#nonlinearity()}.
     *
     * @param text {@code tanh}, {@code relu} or {@code sigmoid}
     */
    public Builder nonlinearity(String text) {
      return nonlinearity(OptionSyntax.nonlinearity(text));
    }

    /** See {@link ImportOptions#eps()}. */
    public Builder eps(float value) {
      if (!(value >= 0 && value < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("--eps needs a number from 0, not " + value);
      }
      eps = value;
      return this;
    }

    /**
     * See {@link ImportOptions#eps()}.
     *
     * @param text a number
     */
    public Builder eps(String text) {
      return eps(OptionSyntax.number("--eps", text));
    }

    /** See {@link ImportOptions#initialState()}. */
    public Builder initialState(InitialStateOption value) {
      initialState = Objects.requireNonNull(value, "initialState");
      return this;
    }

    /**
     * See {@link ImportOptions#initialState()}; once for each module.
     *
     * @param text {@code zeros}, or {@code LAYER=H} or {@code LAYER=H,C} with the names of tensors
     */
    public Builder initialState(String text) {
      return initialState(OptionSyntax.initialState(text, initialState));
    }

    /** See {@link ImportOptions#residuals()}; {@code List.of()} for none. */
    public Builder residuals(List<ResidualSpan> spans) {
      residuals = List.copyOf(spans);
      return this;
    }

    /**
     * See {@link ImportOptions#residuals()}; once for each connection.
     *
     * @param text {@code FIRST,LAST}, {@code MODULE} alone, or {@code none}
     */
    public Builder residual(String text) {
      return residuals(OptionSyntax.residuals(text, residuals));
    }

    /** See {@link ImportOptions#layers()}; once for each module. */
    public Builder layer(String module, LayerKind kind) {
      Objects.requireNonNull(kind, "kind");
      if (layers.putIfAbsent(module, kind) != null) {
        throw new IllegalArgumentException(
            "--layers names '%s' twice; name every module once".formatted(module));
      }
      return this;
    }

    /**
     * See {@link ImportOptions#layers()}.
     *
     * @param text {@code NAME=KIND,...} with KIND {@code embedding} or {@code linear}
     */
    public Builder layers(String text) {
      for (String item : OptionSyntax.list("--layers", text)) {
        OptionSyntax.Assignment assignment = OptionSyntax.assignment("--layers", item);
        layer(assignment.name(), OptionSyntax.layerKind(assignment.value()));
      }
      return this;
    }

    /** See {@link ImportOptions#order()}. */
    public Builder order(List<String> modules) {
      order = List.copyOf(modules);
      return this;
    }

    /**
     * See {@link ImportOptions#order()}.
     *
     * @param text module names, separated by commas
     */
    public Builder order(String text) {
      return order(OptionSyntax.list("--order", text));
    }

    /**
     * See {@link ImportOptions#select()}.
     *
     * @param prefix a module's or dict's name, without the dot that follows it
     */
    public Builder select(String prefix) {
      if (prefix.isBlank()) {
        throw new IllegalArgumentException(
            "--select needs the name of a module or dict, not an empty one");
      }
      select = prefix;
      return this;
    }

    /** See {@link ImportOptions#mapping()}. */
    public Builder mapping(Mapping value) {
      mapping = Objects.requireNonNull(value, "mapping");
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if two of them contradict each other
     */
    public ImportOptions build() {
      if (oneToMany != null && read != null && !(read instanceof ReadOption.All)) {
        throw new IllegalArgumentException(
            "--one-to-many gives an output at every time step; leave out --read, or use --read"
                + " all");
      }
      boolean anywhere =
          switch (read) {
            case null -> false;
            case ReadOption.All _, ReadOption.Final _, ReadOption.Attention _ -> false;
            default -> true;
          };
      if (readAfter != null && !anywhere) {
        throw new IllegalArgumentException(
            "--read-after says where --read last, max, mean, decay or weights is done; give one of"
                + " these too");
      }
      return new ImportOptions(this);
    }
  }
}

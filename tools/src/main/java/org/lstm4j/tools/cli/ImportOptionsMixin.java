// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.Mapping;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a user tells an import because tensors cannot say it; shared by all that import. */
public final class ImportOptionsMixin {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @ArgGroup(validate = false, heading = "%nWhat the tensors of a checkpoint cannot say:%n")
  private Given given = new Given();

  /**
   * The options given.
   *
   * @throws ParameterException if the text of one cannot be read, or two contradict each other
   * @throws IOException if the mapping file cannot be read, or is none
   */
  public ImportOptions toImportOptions() throws IOException {
    ImportOptions.Builder options = ImportOptions.builder().batchFirst(given.batchFirst);
    try {
      given.activations.forEach(options::activation);
      ifGiven(given.nonlinearity, options::nonlinearity);
      given.initialStates.forEach(options::initialState);
      given.residuals.forEach(options::residual);
      ifGiven(given.read, options::read);
      ifGiven(given.readAfter, options::readAfter);
      ifGiven(given.eps, options::eps);
      ifGiven(given.input, options::input);
      ifGiven(given.oneToMany, options::oneToMany);
      ifGiven(given.layers, options::layers);
      ifGiven(given.order, options::order);
      ifGiven(given.select, options::select);
      if (given.map != null) {
        options.mapping(Mapping.read(given.map));
      }
      return options.build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /**
   * Checks that no option is given for a file that needs none.
   *
   * @throws ParameterException if one is
   */
  void requireNoneFor(Path model) {
    List<String> names =
        command.commandLine().getParseResult().matchedOptionsSet().stream()
            .filter(option ->
                option.userObject() instanceof Field field
                    && field.getDeclaringClass() == Given.class)
            .map(OptionSpec::longestName)
            .toList();
    if (!names.isEmpty()) {
      throw new ParameterException(
          command.commandLine(),
          "%s: is a model already, so %s has no effect; leave it out, or convert again with it"
              .formatted(model, String.join(", ", names)));
    }
  }

  private static void ifGiven(String text, Consumer<String> set) {
    if (text != null) {
      set.accept(text);
    }
  }

  /** The text of the options; what is not given is null, false or empty. */
  private static final class Given {
    @Option(
        names = "--batch-first",
        description = "Sequences are [batch, time step, feature], not [time step, batch, feature].")
    private boolean batchFirst;

    @Option(
        names = "--read",
        paramLabel = "WHAT",
        description =
            "What is read over time from the last recurrent part: all, last (the last time step),"
                + " final (the final hidden state of every direction), max, mean, attention,"
                + " decay:FACTOR or weights:W0,W1,... (the newest first).")
    private String read;

    @Option(
        names = "--read-after",
        paramLabel = "LAYER",
        description = "The module whose output is read over time, if not the last recurrent one.")
    private String readAfter;

    @Option(
        names = "--activation",
        paramLabel = "LAYER=NAME",
        description =
            "Apply a function after a module; repeatable. NAME: sigmoid, tanh, relu,"
                + " leaky_relu[:SLOPE], elu[:ALPHA], gelu, gelu_tanh, silu,"
                + " softplus[:BETA:THRESHOLD], softmax, log_softmax, none.")
    private List<String> activations = new ArrayList<>();

    @Option(
        names = "--nonlinearity",
        paramLabel = "NAME",
        description = "What an RNN applies to its pre-activations: tanh, relu or sigmoid.")
    private String nonlinearity;

    @Option(
        names = "--eps",
        paramLabel = "NUMBER",
        description = "What a LayerNorm adds to the variance.")
    private String eps;

    @Option(
        names = "--residual",
        paramLabel = "FIRST,LAST",
        description =
            "Add what module FIRST is given to what module LAST gives, after its activation"
                + " function; repeatable. One MODULE alone is both; none takes away what the file"
                + " says.")
    private List<String> residuals = new ArrayList<>();

    @Option(
        names = "--initial-state",
        paramLabel = "LAYER=H,C",
        description =
            "Start a recurrent module from the parameters H and (an LSTM) C, given by their names;"
                + " repeatable. zeros starts from zeros and leaves learned states out.")
    private List<String> initialStates = new ArrayList<>();

    @Option(
        names = "--input",
        paramLabel = "KIND",
        description =
            "What each time step gives: vector, index (a row of an embedding) or one-hot:N.")
    private String input;

    @Option(
        names = "--one-to-many",
        paramLabel = "MODE:STEPS",
        description =
            "One input becomes STEPS time steps. MODE: repeat (the same input each step), zeros"
                + " (nothing after the first) or feedback (each output is the next input).")
    private String oneToMany;

    @Option(
        names = "--layers",
        paramLabel = "NAME=KIND,...",
        description =
            "What a matrix without bias is where shapes leave a choice: embedding or linear.")
    private String layers;

    @Option(
        names = "--order",
        paramLabel = "NAME,...",
        description = "All modules in the order in which data flows, for files that sort them.")
    private String order;

    @Option(
        names = "--select",
        paramLabel = "PREFIX",
        description =
            "Import only what lies below this module or dict; of an ONNX model, what lies between"
                + " the nodes FIRST,LAST.")
    private String select;

    @Option(
        names = "--map",
        paramLabel = "FILE.json",
        description =
            "Which tensors are the gates of an LSTM written by hand; tools/docs/mapping.md"
                + " describes the file.")
    private Path map;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.Vocabulary;
import org.lstm4j.tools.text.TextGenerator;
import org.lstm4j.tools.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm4j generate}: a network writes on. */
@Command(
    name = "generate",
    customSynopsis = "lstm4j generate MODEL.l4j --prefix TEXT [OPTIONS]",
    sortOptions = false,
    header = "Have a network continue a text.",
    description =
        "Continues a text with a network of 'lstm4j train text', token by token, and prints it.",
    footer = {
      "",
      "Examples:",
      "  lstm4j generate model.l4j --prefix 'time traveller' --length 50",
      "  lstm4j generate model.l4j --prefix 'The' --temperature 0.7 --top-k 10 --seed 3"
    })
final class GenerateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.l4j", description = "A model with a vocabulary.")
  private Path model;

  @Option(
      names = "--prefix",
      required = true,
      paramLabel = "TEXT",
      description = "What the text begins with.")
  private String prefix;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many characters, or words, to add. Default: ${DEFAULT-VALUE}.")
  private int length;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Below 1 for the likely, above 1 for the surprising; 0 takes the most likely token"
              + " always. Default: ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K most likely tokens only. Default: from all.")
  private Integer topK;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The same seed gives the same text. Default: ${DEFAULT-VALUE}.")
  private long seed;

  GenerateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    requireUsable();
    try (Network network = ModelFile.open(model)) {
      Tokenizer tokenizer = new Tokenizer(vocabulary(network));
      requireKnown(tokenizer.missing(prefix));
      int[] tokens = tokenizer.encode(prefix);
      if (tokens.length == 0) {
        throw wrongUsage("--prefix is empty; give at least one token to begin with");
      }
      write(network, tokenizer, tokens);
    }
    return ExitCode.OK;
  }

  private void requireUsable() {
    if (length < 1) {
      throw wrongUsage("--length must be at least 1, not " + length);
    }
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw wrongUsage("--temperature must be a number from 0, not " + temperature);
    }
    if (topK != null && topK < 1) {
      throw wrongUsage("--top-k must be at least 1, not " + topK);
    }
  }

  private Vocabulary vocabulary(Network network) throws IOException {
    Vocabulary vocabulary =
        ModelFile.attachments(model)
            .vocabulary()
            .orElseThrow(() ->
                new ModelFormatException(
                    "%s: has no vocabulary, so it cannot write; give a model of 'lstm4j train text'"
                        .formatted(model)));
    if (network.outputSize() != vocabulary.tokens().size() || network.needsWholeSequence()) {
      throw new ModelFormatException(
          ("%s: does not say, one time step after another, which of its %d tokens comes next; give"
                  + " a model of 'lstm4j train text'")
              .formatted(model, vocabulary.tokens().size()));
    }
    return vocabulary;
  }

  private void requireKnown(SequencedSet<String> missing) {
    if (!missing.isEmpty()) {
      List<String> some = missing.stream().limit(10).toList();
      throw wrongUsage(
          "--prefix: the model's vocabulary lacks %s%s; leave it out"
              .formatted(
                  some.stream().map(token -> "'" + token + "'").collect(Collectors.joining(", ")),
                  some.size() < missing.size() ? " and others" : ""));
    }
  }

  private void write(Network network, Tokenizer tokenizer, int[] tokens) {
    try (Session session = network.newSession()) {
      TextGenerator generator =
          new TextGenerator(
              session,
              tokenizer.vocabulary().unknown(),
              temperature,
              topK == null ? 0 : topK,
              seed);
      for (int token : tokens) {
        generator.read(token);
      }
      StringBuilder text = new StringBuilder(prefix);
      for (int i = 0; i < length; i++) {
        text.append(printable(tokenizer.continuation(generator.next())));
      }
      terminal.text().println(text);
    }
  }

  /** Tokens come from a file that nobody has checked: no control characters but ends of lines. */
  private static String printable(String token) {
    return token.replaceAll("[\\p{Cntrl}&&[^\\n\\r\\t]]", "?");
  }

  private ParameterException wrongUsage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}

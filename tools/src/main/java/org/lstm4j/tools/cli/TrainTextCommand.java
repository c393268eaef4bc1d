// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.Vocabulary;
import org.lstm4j.tools.text.Corpus;
import org.lstm4j.tools.text.TextWindows;
import org.lstm4j.tools.text.Tokenizer;
import org.lstm4j.tools.training.Windows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lstm4j train text}: a network that says which character or word comes next. */
@Command(
    name = "text",
    customSynopsis = "lstm4j train text CORPUS.txt -o MODEL.l4j [OPTIONS]",
    sortOptions = false,
    header = "Train a network to continue a text.",
    description = {
      "Trains a network to say which character, or word, comes next in a text; 'lstm4j generate'"
          + " has it write. The tokens are stored in the model.",
      "",
      "The text is cut into as many parts as a batch has rows, which are read side by side, each"
          + " from its beginning to its end: the state is carried from window to window, gradients"
          + " are not. With --random, windows come in random order and begin without a state."
    },
    footer = {
      "",
      "Examples:",
      "  lstm4j train text corpus.txt -o model.l4j",
      "  lstm4j train text corpus.txt -o model.l4j --layers 2 --clip-norm 1 --validation 0.1"
          + " --patience 3",
      "  lstm4j train text corpus.txt -o model.l4j --words --embedding 128 --random",
      "  lstm4j train text corpus.txt -o model.l4j --resume --epochs 100",
      "  lstm4j train text letters.txt -o mine.l4j --from model.l4j --freeze embedding"
    })
final class TrainTextCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "CORPUS.txt", description = "A text in UTF-8.")
  private Path corpus;

  @Mixin private TrainingMixin training;

  @Option(names = "--words", description = "Tokens are words, not characters.")
  private boolean words;

  @Option(
      names = "--min-frequency",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "What occurs less often becomes the token "
              + Tokenizer.UNKNOWN
              + ". Default: ${DEFAULT-VALUE}.")
  private long minFrequency;

  @Option(
      names = "--normalise",
      paramLabel = "HOW",
      defaultValue = "none",
      converter = NormaliseOption.class,
      description =
          "lower-letters: small letters from a to z, and a space for all between them. Default:"
              + " ${DEFAULT-VALUE}.")
  private Corpus.Normalise normalise;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Learn from the first so many tokens; the vocabulary is that of the whole text.")
  private Integer limit;

  @Option(
      names = "--validation",
      paramLabel = "X",
      defaultValue = "0",
      description = "The part of the text, at its end, that is only for validation. Default: none.")
  private double validation;

  @Mixin private RecurrentMixin recurrent = new RecurrentMixin(256);

  @Option(
      names = "--embedding",
      paramLabel = "N",
      description = "Learn an embedding of so many features. Default: tokens are one-hot.")
  private Integer embedding;

  @Option(
      names = "--tie",
      description =
          "Let the embedding and the matrix that scores tokens be one, for fewer weights to learn;"
              + " needs an --embedding of as many features as --hidden.")
  private boolean tie;

  @Option(
      names = "--steps",
      paramLabel = "T",
      defaultValue = "35",
      description = "Time steps of a window: how far back gradients go. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(names = "--random", description = "Windows in random order, each without a state.")
  private boolean random;

  static final class NormaliseOption extends WordOption<Corpus.Normalise> {
    NormaliseOption() {
      super(Corpus.Normalise.class);
    }
  }

  TrainTextCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    requireUsable();
    Optional<PretrainedModel> pretrained = training.pretrained();
    String text = Corpus.read(corpus, normalise);
    Vocabulary vocabulary =
        pretrained.isPresent() ? vocabulary(pretrained.get()) : vocabulary(text);
    int[] tokens = tokens(vocabulary, text);
    if (limit != null && limit < tokens.length) {
      tokens = Arrays.copyOf(tokens, limit);
    }
    InitialNetwork network =
        pretrained
            .map(InitialNetwork::of)
            .orElseGet(() -> InitialNetwork.of(networkLayers(vocabulary.tokens().size())));
    return new TrainingJob(task(network, vocabulary, tokens), training, terminal).run();
  }

  private Vocabulary vocabulary(String text) {
    return Tokenizer.vocabulary(
        text, words ? Vocabulary.Kind.WORD : Vocabulary.Kind.CHARACTER, minFrequency);
  }

  private Vocabulary vocabulary(PretrainedModel model) throws ModelFormatException {
    Vocabulary vocabulary =
        model
            .attachments()
            .vocabulary()
            .orElseThrow(() ->
                new ModelFormatException(
                    "%s: has no vocabulary, so nobody knows its tokens; give a model of 'lstm4j train text'"
                        .formatted(model.file())));
    model.requireTokenByToken(vocabulary.tokens().size());
    return vocabulary;
  }

  private int[] tokens(Vocabulary vocabulary, String text) throws ModelFormatException {
    Tokenizer tokenizer = new Tokenizer(vocabulary);
    SequencedSet<String> missing = tokenizer.missing(text);
    if (vocabulary.unknown().isEmpty() && !missing.isEmpty()) {
      String first = missing.getFirst();
      throw new ModelFormatException(
          "%s: %s'%s' is not in the vocabulary of the model; change the text, or train a new model"
              .formatted(corpus, place(text, first), first));
    }
    return tokenizer.encode(text);
  }

  /** Where a token is, as far as a text has kept its lines. */
  private String place(String text, String token) {
    if (normalise != Corpus.Normalise.NONE) {
      return "";
    }
    Matcher matcher = Pattern.compile("(?<!\\S)\\Q%s\\E(?!\\S)".formatted(token)).matcher(text);
    int at = matcher.find() ? matcher.start() : text.indexOf(token);
    return "line %d, ".formatted(1 + text.substring(0, at).chars().filter(c -> c == '\n').count());
  }

  private void requireUsable() throws IOException {
    training.requireUsable(corpus);
    recurrent.requireUsable(training);
    training.refuseWithPretrained("--words", "--min-frequency", "--embedding");
    training.requirePositive("--min-frequency", minFrequency);
    training.requirePositive("--limit", limit == null ? 1 : limit);
    training.requirePositive("--embedding", embedding == null ? 1 : embedding);
    training.requirePositive("--steps", steps);
    if (!(validation >= 0 && validation < 1)) {
      throw training.wrongUsage("--validation must be from 0 to below 1, not " + validation);
    }
  }

  private TrainingTask task(InitialNetwork network, Vocabulary vocabulary, int[] tokens)
      throws ModelFormatException {
    int kept = (int) Math.round((double) tokens.length * (1 - validation));
    return new TrainingTask(
        network,
        Loss.crossEntropy(),
        Attachments.none().with(vocabulary),
        trainingWindows(Arrays.copyOf(tokens, kept)),
        validation == 0 ? null : validationWindows(Arrays.copyOfRange(tokens, kept, tokens.length)),
        tie ? tied(network.layers()) : List.of(),
        steps,
        "tokens",
        settings(vocabulary, tokens));
  }

  /** The scores come first, whose draw is the smaller: PyTorch draws embeddings from N(0, 1). */
  private List<String> tied(List<Layer> network) {
    Optional<Parameter> scores = network.getLast().parameters().stream().findFirst();
    Optional<Parameter> table = network.getFirst().parameters().stream().findFirst();
    if (scores.isEmpty() || !scores.map(Parameter::shape).equals(table.map(Parameter::shape))) {
      throw training.wrongUsage(
          "--tie needs an embedding of as many features as the last layer reads, as with"
              + " --embedding %d --hidden %d".formatted(recurrent.hidden(), recurrent.hidden()));
    }
    return List.of(scores.get().name(), table.orElseThrow().name());
  }

  private List<Layer> networkLayers(int classes) {
    List<Layer> network = new ArrayList<>();
    network.add(
        embedding == null
            ? new Layer.OneHot(classes)
            : new Layer.Embedding("embedding", classes, embedding));
    int inputs = network.getFirst().outputSize();
    network.add(recurrent.part(false).layer(recurrent.cell(), inputs));
    network.add(new Layer.Linear("linear", recurrent.hidden(), classes, true));
    return network;
  }

  private Windows trainingWindows(int[] tokens) throws ModelFormatException {
    requireEnough(tokens, "to learn from");
    return random
        ? TextWindows.random(tokens, training.batch(), steps, training.seed())
        : TextWindows.sequential(tokens, training.batch(), steps, training.seed());
  }

  private Windows validationWindows(int[] tokens) throws ModelFormatException {
    requireEnough(tokens, "for validation");
    return TextWindows.inOrder(tokens, training.batch(), steps);
  }

  private void requireEnough(int[] tokens, String purpose) throws ModelFormatException {
    long needed = TextWindows.minimumTokens(training.batch(), steps);
    if (tokens.length < needed) {
      throw new ModelFormatException(
          ("%s: has %d tokens %s, but a batch of %d times %d time steps needs %d; give a longer"
                  + " text, or a smaller --batch or --steps")
              .formatted(corpus, tokens.length, purpose, training.batch(), steps, needed));
    }
  }

  private Map<String, String> settings(Vocabulary vocabulary, int[] tokens) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("corpus", fingerprint(tokens));
    settings.put("tokens", WordOption.word(vocabulary.kind()));
    settings.put("min-frequency", Long.toString(minFrequency));
    settings.put("normalise", WordOption.word(normalise));
    settings.put("validation", Double.toString(validation));
    settings.put("steps", Integer.toString(steps));
    settings.put("windows", random ? "random" : "sequential");
    settings.put("tie", Boolean.toString(tie));
    if (!training.hasPretrained()) {
      settings.putAll(recurrent.settings());
      settings.put("embedding", embedding == null ? "none" : embedding.toString());
    }
    return settings;
  }

  private static String fingerprint(int[] tokens) {
    CRC32C checksum = new CRC32C();
    for (int token : tokens) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        checksum.update(token >>> shift);
      }
    }
    return "%d tokens, CRC-32C %08x".formatted(tokens.length, checksum.getValue());
  }
}

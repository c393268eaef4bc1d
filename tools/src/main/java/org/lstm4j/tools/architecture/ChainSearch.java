// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.LayerKind;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Finds the orders of modules in which each takes as many features as the one before gives, with
 * each module read as a layer. Depth first; a partial chain that does not fit is not followed. Used
 * once.
 */
final class ChainSearch {
  // Modules looked at. Takes well under a second; a network whose shapes leave so much open needs
  // --order.
  private static final int MAX_WORK = 250_000;

  private final Rules rules;
  private final List<Step> chain = new ArrayList<>();
  // By order of names: the same order may have a second reading, and the first is preferred.
  private final Map<List<String>, List<Step>> found = new LinkedHashMap<>();
  private String deepestProblem = "";
  private int deepest = -1;
  private long work;

  /**
   * What a chain has to be.
   *
   * @param order which orders count
   * @param attention whether modules after the last recurrent one score time steps
   * @param readings which readings of modules as attention count
   * @param embedding whether the first module may be an Embedding
   * @param vectors whether the first module may be one that takes vectors
   * @param kinds what the user says that modules are
   */
  record Rules(
      Order order,
      boolean attention,
      Predicate<Step> readings,
      boolean embedding,
      boolean vectors,
      Map<String, LayerKind> kinds) {
    Rules withAllReadings() {
      return new Rules(order, attention, _ -> true, embedding, vectors, kinds);
    }
  }

  /** Which orders of the modules count. */
  enum Order {
    /** The given one, to the letter. */
    GIVEN,
    /** The given one, but the two parts of attention may have changed places. */
    REGISTERED,
    /** All. */
    ANY
  }

  private ChainSearch(Rules rules) {
    this.rules = rules;
  }

  /** What a search found. */
  record Result(List<List<Step>> chains, String problem) {}

  /**
   * All chains of all modules, but no more than two: one is an answer, two are a question.
   *
   * @throws Refusal if there are too many possibilities
   */
  static Result find(List<ModuleGroup> modules, Rules rules) {
    ChainSearch search = new ChainSearch(rules);
    search.extend(modules);
    return new Result(List.copyOf(search.found.values()), search.deepestProblem);
  }

  private void extend(List<ModuleGroup> left) {
    if (found.size() > 1) {
      return;
    }
    work += attentionIsDue(left) ? (long) left.size() * left.size() : left.size();
    Refusal.require(
        work <= MAX_WORK, "has too many possible orders of its modules; give it by --order");
    List<Step> next = nextSteps(left);
    if (left.isEmpty() && next.isEmpty() && !attentionIsDue(left)) {
      found.putIfAbsent(chain.stream().flatMap(Step::labels).toList(), List.copyOf(chain));
      return;
    }
    if (next.isEmpty()) {
      notePartial(left);
    }
    for (Step step : next) {
      List<ModuleGroup> rest = new ArrayList<>(left);
      rest.removeAll(step.groups());
      chain.addLast(step);
      extend(rest);
      chain.removeLast();
    }
  }

  private List<Step> nextSteps(List<ModuleGroup> left) {
    boolean any = rules.order() == Order.ANY;
    if (attentionIsDue(left)) {
      int size = chain.getLast().layer().outputSize();
      return Stream.concat(
              AttentionRule.readings(size, any ? left : first(2, left)).stream()
                  .filter(rules.readings())
                  .filter(reading -> isInPlace(reading.groups(), left)),
              // The only layer that may lie between the recurrent part and its scores.
              single(left).filter(step -> step.layer() instanceof Layer.LayerNorm))
          .toList();
    }
    return single(left).toList();
  }

  /** Every module that may come next, as a layer of its own. */
  private Stream<Step> single(List<ModuleGroup> left) {
    return (rules.order() == Order.ANY ? left : first(1, left))
        .stream()
            .flatMap(module -> ModuleReading.of(module, chain.isEmpty(), rules.kinds()).stream())
            .filter(this::follows);
  }

  private boolean isInPlace(List<ModuleGroup> reading, List<ModuleGroup> left) {
    return switch (rules.order()) {
      case GIVEN -> reading.equals(first(reading.size(), left));
      case REGISTERED -> reading.contains(left.getFirst());
      case ANY -> true;
    };
  }

  /** After the last recurrent module, unless it has been read. */
  private boolean attentionIsDue(List<ModuleGroup> left) {
    return rules.attention()
        && !chain.isEmpty()
        && left.stream().noneMatch(ModuleGroup.Recurrent.class::isInstance)
        && chain.stream().noneMatch(step -> step.layer() instanceof Layer.AttentionOverTime);
  }

  private static List<ModuleGroup> first(int most, List<ModuleGroup> left) {
    return left.subList(0, Math.min(most, left.size()));
  }

  private boolean follows(Step step) {
    if (chain.isEmpty()) {
      return step.layer() instanceof Layer.Embedding ? rules.embedding() : rules.vectors();
    }
    return chain.getLast().layer().outputSize() == step.layer().inputSize();
  }

  private void notePartial(List<ModuleGroup> left) {
    if (chain.size() > deepest) {
      deepest = chain.size();
      deepestProblem = problem(left);
    }
  }

  private String problem(List<ModuleGroup> left) {
    if (chain.isEmpty()) {
      return rules.vectors()
          ? "no module takes vectors"
          : "no module comes first that can be an Embedding";
    }
    String before = String.join(", ", chain.getLast().labels().toList());
    int size = chain.getLast().layer().outputSize();
    if (attentionIsDue(left)) {
      return "no module after %s scores its %d features for attention".formatted(before, size);
    }
    ModuleGroup next = left.getFirst();
    return switch (next) {
      case ModuleGroup.Recurrent recurrent ->
          takes(before, size, next.label(), recurrent.layer().inputSize());
      case ModuleGroup.Norm norm -> takes(before, size, next.label(), norm.layer().size());
      case ModuleGroup.Matrix matrix -> takes(before, size, next.label(), matrix.columns());
      case ModuleGroup.Loose _ -> next.label() + " is a parameter of no layer that is known";
    };
  }

  private static String takes(String before, int gives, String next, int takes) {
    return "%s takes %d features, but %s before it gives %d".formatted(next, takes, before, gives);
  }
}

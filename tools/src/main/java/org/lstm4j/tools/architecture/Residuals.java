// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.ResidualSpan;
import org.lstm4j.tools.checkpoint.Refusal;

/** Puts the layers between the ends of residual connections into {@link Layer.Residual}s. */
final class Residuals {
  private final List<Piece> pieces;

  /**
   * Layers that stay together.
   *
   * @param modules the labels of all modules in them, in order
   */
  record Piece(List<String> modules, List<Layer> layers) {
    private static Piece joined(List<Piece> pieces) {
      return new Piece(
          pieces.stream().flatMap(piece -> piece.modules().stream()).toList(),
          List.of(
              new Layer.Residual(
                  pieces.stream().flatMap(piece -> piece.layers().stream()).toList())));
    }
  }

  private Residuals(List<Piece> pieces) {
    this.pieces = new ArrayList<>(pieces);
  }

  /**
   * The pieces with those of each connection joined into one.
   *
   * @throws Refusal if a connection names no modules of the network in their order, or two overlap
   * @throws IllegalArgumentException if what is added is not as large as what it is added to
   */
  static List<Piece> join(List<Piece> pieces, List<ResidualSpan> spans) {
    Residuals residuals = new Residuals(pieces);
    List<String> modules = pieces.stream().flatMap(piece -> piece.modules().stream()).toList();
    spans.forEach(span -> requireOrder(modules, span));
    // Those inside others come first.
    spans.stream()
        .sorted(Comparator.comparingInt(span -> length(modules, span)))
        .forEach(residuals::join);
    return residuals.pieces;
  }

  private static int length(List<String> modules, ResidualSpan span) {
    return modules.indexOf(span.last()) - modules.indexOf(span.first());
  }

  private static void requireOrder(List<String> modules, ResidualSpan span) {
    Stream.of(span.first(), span.last())
        .forEach(name ->
            Refusal.require(
                modules.contains(name),
                "has no module '%s' for --residual; its modules are %s",
                name,
                String.join(", ", modules)));
    Refusal.require(
        length(modules, span) >= 0,
        "has '%s' before '%s' in its order; --residual takes FIRST,LAST",
        span.last(),
        span.first());
  }

  private void join(ResidualSpan span) {
    int begin = 0;
    while (!pieces.get(begin).modules().contains(span.first())) {
      begin++;
    }
    int end = begin;
    while (!pieces.get(end).modules().contains(span.last())) {
      end++;
    }
    Refusal.require(
        pieces.get(begin).modules().getFirst().equals(span.first())
            && pieces.get(end).modules().getLast().equals(span.last()),
        "cannot add the input of '%s' to the output of '%s', as another --residual overlaps with"
            + " that, or one layer has more modules",
        span.first(),
        span.last());
    List<Piece> inside = pieces.subList(begin, end + 1);
    Piece joined = Piece.joined(List.copyOf(inside));
    inside.clear();
    pieces.add(begin, joined);
  }
}

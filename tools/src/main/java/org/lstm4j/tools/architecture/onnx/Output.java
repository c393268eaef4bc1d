// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * The one output that becomes the network's; final states are the session's anyhow.
 *
 * @param name of the tensor
 * @param stream what it is
 */
record Output(String name, Value.Stream stream) {
  /**
   * Finds it.
   *
   * @throws Refusal if there is none, or more than one
   */
  static Output of(Selection selection, Evaluation evaluation) {
    List<Output> outputs = new ArrayList<>();
    List<Output> states = new ArrayList<>();
    for (String name : selection.outputs()) {
      switch (evaluation.value(name)) {
        case Value.Stream stream when isState(stream) -> states.add(new Output(name, stream));
        case Value.Stream stream -> outputs.add(new Output(name, stream));
        case Value.FinalState _, Value.Stack _ -> {}
        case Value.Computed(Value.Stream _, Formula formula) ->
            throw new Refusal(
                "gives '%s', a function of features x that lstm4j has no layer for, %s; choose a"
                    + " part without it with --select",
                name, formula);
        default ->
            throw new Refusal(
                "gives '%s', which no layer gives; choose a part with --select", name);
      }
    }
    // A network whose output is its final state gives nothing else.
    List<Output> candidates =
        outputs.isEmpty() ? states.subList(0, Math.min(1, states.size())) : outputs;
    Refusal.require(
        candidates.size() == 1,
        candidates.isEmpty()
            ? "gives nothing that a layer gives%s"
            : "has several outputs, %s, where a network has one; choose a part with --select, or"
                + " export it with one",
        candidates.stream().map(Output::name).collect(Collectors.joining(", ")));
    return candidates.getFirst();
  }

  private static boolean isState(Value.Stream stream) {
    return Chain.last(stream.chain()) instanceof Part.FinalHidden;
  }
}

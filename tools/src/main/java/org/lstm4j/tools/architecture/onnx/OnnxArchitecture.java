// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.DeclaredArchitecture;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.onnx.OnnxModel;

/**
 * The network that the graph of an ONNX model describes.
 *
 * @param model the graph
 */
public record OnnxArchitecture(OnnxModel model) implements DeclaredArchitecture {
  @Override
  public Blueprint blueprint(ImportOptions options) {
    try {
      Selection selection = Selection.of(model, options.select());
      Evaluation evaluation = new Evaluation(model, selection);
      evaluation.run();
      return blueprint(evaluation, Output.of(selection, evaluation));
    } catch (ArithmeticException e) {
      throw Refusal.causedBy(
          e, "has sizes larger than any machine can address; the file is damaged");
    }
  }

  private Blueprint blueprint(Evaluation evaluation, Output output) {
    Chain chain = output.stream().chain();
    Refusal.require(
        Chain.parts(chain).stream().anyMatch(Part::isRecurrent),
        "has no recurrent layer on the way to its output '%s'; export a recurrent network, or"
            + " choose a part with --select",
        output.name());
    List<Assumption> assumptions = new ArrayList<>();
    boolean batchFirst = new Layout(evaluation, output).describe(assumptions);
    Assembly assembly = new Assembly(chain);
    return new Blueprint(
        assembly.layers(), assembly.weights(), batchFirst, assembly.initialState(), assumptions);
  }
}

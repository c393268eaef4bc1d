// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;

/**
 * Which axes are the time steps and the batch: the graph's first recurrent operator says so, and
 * all others have to agree. One for each evaluation.
 */
final class Roles {
  private Atom time;
  private Atom batch;

  /** The time steps; {@code null} where nothing says so. */
  Atom time() {
    return time;
  }

  /** The batch; {@code null} where nothing says so. */
  Atom batch() {
    return batch;
  }

  /** Takes over what a recurrent operator says. */
  void bind(Call call, Axis times, Axis rows) {
    time = bound(call, "time steps", times, time, batch);
    batch = bound(call, "batch", rows, batch, time);
  }

  private static Atom bound(Call call, String what, Axis axis, Atom before, Atom other) {
    List<Atom> solid = axis.solid();
    if (solid.isEmpty()) {
      // A model made for one step still says which axis is meant.
      return before == null && axis.atoms().size() == 1 ? axis.atoms().getFirst() : before;
    }
    call.require(solid.size() == 1, "a %s axis that is several axes merged", what);
    Atom atom = solid.getFirst();
    call.require(
        (before == null || before.isUnit() || before == atom) && atom != other,
        "a %s axis that is another one elsewhere in the graph",
        what);
    return atom;
  }
}

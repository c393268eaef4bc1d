// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import org.lstm4j.engine.kernel.PackedMatrix;

/**
 * What one layer of a recurrent stack computes in one direction.
 *
 * @param input W_ih, with its bias
 * @param recurrent W_hh, with its bias where that is not in the input's
 * @param projection W_hr, or {@code null}
 * @param cell what is computed behind the products
 */
public record RecurrentWeights(
    PackedMatrix input, PackedMatrix recurrent, PackedMatrix projection, Cell cell) {
  /** Features of h. */
  int hiddenOutputSize() {
    return recurrent.layout().inputs();
  }

  /** Floats of a row of gates, with what the cell needs behind them. */
  int gateFloats() {
    return cell.general() == null ? recurrent.layout().rowFloats() : cell.general().rowFloats();
  }
}

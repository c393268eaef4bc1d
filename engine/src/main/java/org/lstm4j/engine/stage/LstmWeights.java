// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import org.lstm4j.engine.kernel.PackedMatrix;

/**
 * The packed weights of one layer of an LSTM in one direction.
 *
 * @param input W_ih, with the sum of both biases
 * @param recurrent W_hh
 * @param projection W_hr, or {@code null}
 */
public record LstmWeights(PackedMatrix input, PackedMatrix recurrent, PackedMatrix projection) {}

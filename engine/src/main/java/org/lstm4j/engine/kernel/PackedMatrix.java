// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A packed weight matrix with its bias.
 *
 * @param layout where each weight lies
 * @param weights the packed weights
 * @param bias one output row in vector order, zeros where there is no bias; {@code b_ih + b_hh} for
 *     the input weights of a recurrent layer and zeros for its recurrent weights, but for a GRU
 *     {@code b_ih} and {@code b_hh}
 */
public record PackedMatrix(PackedGates layout, MemorySegment weights, MemorySegment bias) {}

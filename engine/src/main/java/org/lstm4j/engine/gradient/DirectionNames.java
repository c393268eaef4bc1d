// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

/**
 * The parameters of one direction of a recurrent layer.
 *
 * @param weightIh the matrix for the input
 * @param weightHh the matrix for the hidden state
 * @param weightHr the projection, or {@code null} for none
 * @param peephole the peepholes, or {@code null} for none
 * @param biasIh the input's bias, or {@code null} for none
 * @param biasHh the hidden state's bias, or {@code null} for none
 */
public record DirectionNames(
    String weightIh,
    String weightHh,
    String weightHr,
    String peephole,
    String biasIh,
    String biasHh) {}

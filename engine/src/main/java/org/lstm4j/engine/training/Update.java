// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

/**
 * What one step of training came to.
 *
 * @param loss before the update
 * @param gradientNorm the root of the sum of the squares of all gradients, before clipping
 * @param learningRate that the update was made with
 * @param counted elements, or classes, that the loss is the mean or sum of
 */
public record Update(double loss, double gradientNorm, double learningRate, long counted) {}

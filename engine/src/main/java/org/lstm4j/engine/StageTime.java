// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

/**
 * How long one layer of a session takes.
 *
 * @param layer the layer
 * @param nanosPerStep nanoseconds for one time step of all batch rows
 */
public record StageTime(Layer layer, double nanosPerStep) {}

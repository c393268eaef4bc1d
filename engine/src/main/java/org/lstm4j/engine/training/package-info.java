// SPDX-License-Identifier: Apache-2.0

/**
 * How networks learn.
 *
 * <p>{@link org.lstm4j.engine.training.GradientSession} runs a network there and back, and gives
 * the gradients of everything.
 *
 * <p>Where to go next: {@code org.lstm4j.engine.gradient} holds the way back through one layer; it
 * is not exported.
 */
package org.lstm4j.engine.training;

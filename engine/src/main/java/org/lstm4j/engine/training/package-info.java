// SPDX-License-Identifier: Apache-2.0

/**
 * How networks learn.
 *
 * <p>{@link org.lstm4j.engine.training.GradientSession} runs a network there and back, and gives
 * the gradients of everything. How weights follow them is said by an {@link
 * org.lstm4j.engine.training.Optimizer}, a {@link org.lstm4j.engine.training.Schedule} of its
 * learning rate, a {@link org.lstm4j.engine.training.Loss} and a {@link
 * org.lstm4j.engine.training.Clipping}; what they begin with, by an {@link
 * org.lstm4j.engine.training.Initialization}. {@link org.lstm4j.engine.training.TrainingMemory}
 * says what it takes.
 *
 * <p>Where to go next: {@code org.lstm4j.engine.gradient} holds the way back through one layer, and
 * {@code org.lstm4j.engine.optimization} what changes weights, and {@code org.lstm4j.engine.loss}
 * the losses; they are not exported.
 */
package org.lstm4j.engine.training;

// SPDX-License-Identifier: Apache-2.0

/**
 * The way back: from the gradient of a network's output to those of its weights, its input and its
 * initial state. "Gradient" always is that of the loss.
 *
 * <p>For each stage of a session that has one there is a {@link
 * org.lstm4j.engine.gradient.GradientStage}; they run in the opposite order. Each reads the
 * gradient of its stage's output and what the stage kept, writes the gradient of its stage's input,
 * and adds to the gradients of its weights, which {@link
 * org.lstm4j.engine.gradient.ParameterMemory} holds beside the weights themselves. {@link
 * org.lstm4j.engine.gradient.DirectionGradient} is the heart of it.
 *
 * <p>Where to go next: {@code org.lstm4j.engine.training} is what a user sees of it, {@code
 * org.lstm4j.engine.kernel} has the loops.
 */
package org.lstm4j.engine.gradient;

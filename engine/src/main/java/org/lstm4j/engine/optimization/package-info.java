// SPDX-License-Identifier: Apache-2.0

/**
 * What happens to weights between two windows of training: {@link
 * org.lstm4j.engine.optimization.GradientClipping}, then {@link
 * org.lstm4j.engine.optimization.OptimizerState}, on those parts of {@link
 * org.lstm4j.engine.gradient.ParameterMemory} that learn ({@link
 * org.lstm4j.engine.optimization.LearningParameters}), before that gradients are brought together
 * ({@link org.lstm4j.engine.optimization.PaddingRows}, {@link
 * org.lstm4j.engine.optimization.TiedParameters}).
 *
 * <p>Not exported. What is asked for is said by {@code org.lstm4j.engine.training}; the loops are
 * in {@code org.lstm4j.engine.kernel}. No bit of a result depends on lanes or threads.
 */
package org.lstm4j.engine.optimization;

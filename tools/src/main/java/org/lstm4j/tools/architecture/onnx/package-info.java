// SPDX-License-Identifier: Apache-2.0

/**
 * What the graph of an ONNX model means as a list of layers. Not exported; {@link
 * org.lstm4j.tools.architecture.onnx.OnnxArchitecture} is the start.
 *
 * <p>The graph is evaluated once, without data: every tensor is a {@code Value}, of which the one
 * that matters is {@code Stream}, a sequence on its way through the network. It knows the {@code
 * Chain} of layers it came through and what each of its axes is made of, so that the transposing
 * and reshaping that exporters put around a recurrent operator comes to nothing, and anything that
 * really mixes axes is noticed. Computations of shapes are followed with sizes that may be unknown
 * ({@code Dim}).
 *
 * <ol>
 *   <li>{@code Selection} finds the nodes that matter to the outputs, or that the user selected.
 *   <li>{@code Evaluation} applies to each what {@code Operators} knows of it. Operators are
 *       grouped by concern: {@code Movement} (axes), {@code Repetition} and {@code ShapeArithmetic}
 *       (sizes), {@code Recurrence} (LSTM and its like), {@code Layers} (everything else that
 *       computes), of which {@code Formulas}, {@code Norms} and {@code Residuals} are parts: they
 *       find one layer in several operators.
 *   <li>{@code Assembly} turns the chain behind the output into layers and their tensors.
 * </ol>
 *
 * <p>Every node that matters ends up in a layer, in nothing, or in the sentence that refuses the
 * file.
 */
package org.lstm4j.tools.architecture.onnx;

// SPDX-License-Identifier: Apache-2.0

/**
 * ONNX models (the public specification, "Open Neural Network Exchange Intermediate
 * Representation", onnx/docs/IR.md): a protobuf message with a graph of operators and its constant
 * tensors.
 *
 * <p>{@link org.lstm4j.tools.checkpoint.onnx.OnnxFile} maps the file, {@code Census} bounds what
 * parsing it can take, {@code GraphReader} checks the message and turns it into an {@link
 * org.lstm4j.tools.checkpoint.onnx.OnnxModel}, which knows nothing of protobuf. What the operators
 * mean is the concern of {@code org.lstm4j.tools.architecture.onnx}.
 */
package org.lstm4j.tools.checkpoint.onnx;

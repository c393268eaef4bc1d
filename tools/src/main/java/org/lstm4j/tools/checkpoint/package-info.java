// SPDX-License-Identifier: Apache-2.0

/**
 * File formats: from a path to named tensors. Not exported; {@link org.lstm4j.tools.Checkpoints} is
 * the way in.
 *
 * <p>{@link org.lstm4j.tools.checkpoint.FileSignature} tells formats apart by a file's first bytes.
 * The {@link org.lstm4j.tools.checkpoint.Container}s that are read lie in packages of their own:
 * {@code torch} (all that PyTorch writes), {@code safetensors}, {@code onnx}, {@code npz} and
 * {@code json}. {@link org.lstm4j.tools.checkpoint.Parametrizations} then computes weights that
 * were stored in parts. A file that says itself what its network is gives the layers too, which
 * {@code DeclaredLayers} brings together with the tensors.
 *
 * <p>Files are not trusted. Nothing in one is executed, no class is made from a name in one, and
 * every length is compared with what is really there before memory is taken for it. What is wrong
 * with a file is thrown as a {@link org.lstm4j.tools.checkpoint.Refusal}, which does not know the
 * file's name; {@code Checkpoints} adds it.
 */
package org.lstm4j.tools.checkpoint;

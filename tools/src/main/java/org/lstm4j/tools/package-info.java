// SPDX-License-Identifier: Apache-2.0

/**
 * Importers: from a file that PyTorch saved to a {@link org.lstm4j.engine.Network}.
 *
 * <p>Start at {@link org.lstm4j.tools.Checkpoints}. It reads the file into named tensors ({@link
 * org.lstm4j.tools.Checkpoint}) and infers a network from their names and shapes, unless the file
 * says itself what its network is ({@link org.lstm4j.tools.DeclaredArchitecture}). What tensors
 * cannot say is told by {@link org.lstm4j.tools.ImportOptions}, and whatever was assumed for want
 * of an option comes back as {@link org.lstm4j.tools.Assumption}s.
 *
 * <p>{@link org.lstm4j.tools.Mapping} is for LSTMs written by hand. Files that declare their
 * architecture ({@link org.lstm4j.tools.DeclaredArchitecture}) need no inference.
 *
 * <p>Behind it, not exported: {@code org.lstm4j.tools.checkpoint} knows the file formats, {@code
 * org.lstm4j.tools.architecture} knows how a list of tensors becomes a list of layers, {@code
 * org.lstm4j.tools.mapping} knows mapping files.
 */
package org.lstm4j.tools;

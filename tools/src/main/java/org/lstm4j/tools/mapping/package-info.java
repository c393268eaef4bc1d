// SPDX-License-Identifier: Apache-2.0

/**
 * Mapping files: which tensors of a checkpoint make up an LSTM or a Linear that its author wrote by
 * hand, and how they are laid out. Not exported; {@link org.lstm4j.tools.Mapping} is the way in.
 *
 * <p>{@code MappingFile} reads the JSON text, {@code MappedLstm} and {@code MappedLinear} replace
 * the named tensors by those that PyTorch's modules would have; what is not named stays, and the
 * network is inferred from all of them as from any other checkpoint.
 */
package org.lstm4j.tools.mapping;

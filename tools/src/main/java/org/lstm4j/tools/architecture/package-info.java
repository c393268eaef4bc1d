// SPDX-License-Identifier: Apache-2.0

/**
 * Architecture inference: from named tensors to the layers of a network. Not exported; {@link
 * org.lstm4j.tools.Checkpoints} is the way in, {@link org.lstm4j.tools.architecture.Architecture}
 * the start.
 *
 * <ol>
 *   <li>{@code StateDict} finds the tensors that belong to the network, in nested dicts and below
 *       common prefixes.
 *   <li>{@code ModuleGroups} groups them by module and tells recurrent layers from matrices, layer
 *       norms and single parameters; of these, {@code InitialStates} takes those that recurrent
 *       layers start from.
 *   <li>{@code SavedModules} reads what modules that were saved as objects say besides; {@code
 *       Told} puts the user's word before theirs.
 *   <li>{@code ChainSearch} puts the modules in an order in which each takes what the one before
 *       gives: the file's, the user's, or the only one whose shapes fit. {@code AttentionRule}
 *       turns modules into an attention readout.
 *   <li>{@code LayerList} adds what the user says and tensors cannot, {@code Residuals} the
 *       connections around it; {@code Unsaid} tells what is assumed for the rest. The result is a
 *       {@link org.lstm4j.tools.Blueprint}.
 * </ol>
 *
 * <p>Every tensor ends up in a layer, in an initial state, or in the sentence that refuses the
 * file; but for those that the user leaves out.
 */
package org.lstm4j.tools.architecture;

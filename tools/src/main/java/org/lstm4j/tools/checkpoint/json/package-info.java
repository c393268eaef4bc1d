// SPDX-License-Identifier: Apache-2.0

/**
 * Checkpoints that are JSON text, read token by token: memory is taken for the numbers only, of
 * which each takes at least two bytes of the file.
 *
 * <ul>
 *   <li>{@code NestedLists}: a state dict, names with nested lists of numbers, as {@code json.dump}
 *       writes it after {@code tensor.tolist()} (RTNeural's PyTorch flavour, NeuralPi).
 *   <li>{@code KerasLayers}: a list of layers with their weights in the layout of Keras (RTNeural's
 *       {@code save_model}).
 *   <li>{@code ShardIndex}: {@code model.safetensors.index.json}, which says in which of several
 *       safetensors files each tensor lies.
 * </ul>
 *
 * <p>{@link org.lstm4j.tools.checkpoint.json.JsonFile} tells them apart.
 */
package org.lstm4j.tools.checkpoint.json;

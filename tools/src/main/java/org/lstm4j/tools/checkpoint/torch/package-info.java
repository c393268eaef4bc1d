// SPDX-License-Identifier: Apache-2.0

/**
 * What {@code torch.save} writes: a zip archive with a pickle ({@code data.pkl}) that describes
 * objects, and one entry of raw bytes ({@code data/KEY}) for each storage that tensors lie in.
 *
 * <p>{@link org.lstm4j.tools.checkpoint.torch.TorchZip} puts the steps together:
 *
 * <ol>
 *   <li>{@code ZipArchive} opens the archive and hands out entries, checked against their CRC.
 *   <li>{@code PickleScan} walks over the pickle's opcodes before anything is built: every length
 *       lies inside the pickle, every opcode is one that torch.save writes.
 *   <li>{@code TorchUnpickler} builds plain objects: dicts, lists, {@code PickledTensor}s. Names in
 *       the pickle lead to {@code PickleGlobals}' own inert functions and to nothing else; objects
 *       of other classes become {@code OpaqueObject}s, calls of other functions are refused.
 *   <li>{@code TensorWalk} finds the tensors in nested dicts.
 *   <li>{@code Storages} reads the bytes and lays every tensor out row-major.
 * </ol>
 */
package org.lstm4j.tools.checkpoint.torch;

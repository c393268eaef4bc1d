// SPDX-License-Identifier: Apache-2.0

/**
 * What PyTorch writes: a pickle that describes objects, and raw bytes for the storages that tensors
 * lie in. {@code TorchZip} reads the zip archives of {@code torch.save} ({@code data.pkl}, and one
 * entry {@code data/KEY} a storage) and, with {@code TorchScript}, those of {@code torch.jit.save};
 * {@code TorchLegacy} what was written before PyTorch 1.6, where the storages follow the pickle;
 * {@code PlainPickle} pickled NumPy arrays. The steps are the same:
 *
 * <ol>
 *   <li>{@code ZipArchive} opens an archive and hands out entries, checked against their CRC.
 *   <li>{@code PickleScan} walks over the pickle's opcodes before anything is built: every length
 *       lies inside the pickle, every opcode is one that torch.save writes.
 *   <li>{@code TorchUnpickler} builds plain objects: dicts, lists, {@code PickledTensor}s. Names in
 *       the pickle lead to {@code PickleGlobals}' own inert functions and to nothing else. Objects
 *       of all other classes, and whatever other functions would return, are {@code
 *       PickledObject}s: a name and what the pickle says of its attributes. A call by which Python
 *       would run commands is refused, though nothing would be run here, so that the user knows.
 *   <li>{@code TensorWalk} finds the tensors in nested dicts, and with {@code ModuleReader} those
 *       of modules that were saved as objects, under the names of their state dict.
 *   <li>{@code Storages} reads the bytes from a {@code StorageSource} and lays every tensor out
 *       row-major.
 * </ol>
 *
 * <p>TorchScript has code beside its modules. {@code ScriptCode} reads lines of a few forms from
 * its text, for constants of classes and, in a frozen module, for the calls that tell its weights
 * apart ({@code FrozenConstants}).
 */
package org.lstm4j.tools.checkpoint.torch;

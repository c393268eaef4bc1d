// SPDX-License-Identifier: Apache-2.0

/**
 * A state dict as a NumPy archive, {@code numpy.savez(path, **{name: tensor.numpy(), ...})}. {@link
 * org.lstm4j.tools.data.Npz} reads the archive.
 */
package org.lstm4j.tools.checkpoint.npz;

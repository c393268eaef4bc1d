// SPDX-License-Identifier: Apache-2.0

/**
 * Whether imported networks compute what PyTorch computed, over all goldens of {@code
 * goldens/goldens.json}: from the checkpoint through an {@code .l4j} to the output.
 *
 * <p>All tests here are tagged {@code numeric}, which the build runs in several configurations of
 * the JVM.
 */
package org.lstm4j.tools.parity;

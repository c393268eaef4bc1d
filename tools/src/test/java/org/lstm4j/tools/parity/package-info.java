// SPDX-License-Identifier: Apache-2.0

/**
 * Whether imported networks compute what PyTorch computed, over all goldens: from the checkpoint
 * through an {@code .l4j} to the output. What these goldens have is the README's table of what is
 * imported from where, which {@code OriginTableTest} keeps.
 *
 * <p>Tests that are tagged {@code numeric} run in several configurations of the JVM.
 */
package org.lstm4j.tools.parity;

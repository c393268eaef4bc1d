// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

/**
 * A tensor of a kind that cannot be read.
 *
 * @param reason what it is and what to do; continues a sentence that begins with its name
 */
record UnreadableTensor(String reason) implements PickledData {}

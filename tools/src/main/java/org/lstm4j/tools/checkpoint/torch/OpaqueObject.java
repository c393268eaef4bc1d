// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

/**
 * Stands where the pickle had an object that is not read.
 *
 * @param className Python's name of its class
 */
record OpaqueObject(String className) {}

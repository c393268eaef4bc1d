// SPDX-License-Identifier: Apache-2.0

/**
 * How files come into being: whole, or not at all. For the modules of lstm4j alone; not part of the
 * public API.
 */
package org.lstm4j.format.io;

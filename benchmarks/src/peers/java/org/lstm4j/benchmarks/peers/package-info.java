// SPDX-License-Identifier: Apache-2.0

/**
 * Other engines, made to run the same LSTMs with the same weights. Compiled and found only with the
 * Maven profile peers; each provider is listed in META-INF/services.
 */
package org.lstm4j.benchmarks.peers;

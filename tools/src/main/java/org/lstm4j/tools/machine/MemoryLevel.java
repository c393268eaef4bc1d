// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

/**
 * A cache, or the memory behind the caches, and how fast one core reads from it.
 *
 * @param name {@code L1}, {@code L2}, {@code L3} or {@code memory}
 * @param bytes what it holds; {@link Long#MAX_VALUE} for the memory
 * @param measuredBytes the size of the buffer that was read over and over
 * @param bytesPerSecond the fastest that it was read
 */
public record MemoryLevel(String name, long bytes, long measuredBytes, double bytesPerSecond) {}

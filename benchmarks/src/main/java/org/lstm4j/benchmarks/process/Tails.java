// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

/**
 * How long single steps take, in microseconds, and what a loop that does nothing saw in the same
 * process.
 *
 * @param p50 the median
 * @param p99 one in a hundred takes longer
 * @param p999 one in a thousand takes longer
 * @param max the longest
 * @param idleP999 of the loop that does nothing
 * @param idleMax the longest stall of the loop that does nothing
 * @param bytesPerStep bytes of the heap that a step allocates, on average
 */
public record Tails(
    double p50,
    double p99,
    double p999,
    double max,
    double idleP999,
    double idleMax,
    double bytesPerStep) {}

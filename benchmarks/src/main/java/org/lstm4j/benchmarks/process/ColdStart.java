// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

/**
 * A fresh JVM's first steps, in milliseconds.
 *
 * @param firstOutput from {@code main} to the first output, opening the model file included
 * @param sessionCreation making the session
 * @param worstStep the longest of the first 1000 steps
 * @param longestStall the longest stall of a loop that did nothing in the same process afterwards
 */
public record ColdStart(
    double firstOutput, double sessionCreation, double worstStep, double longestStall) {}

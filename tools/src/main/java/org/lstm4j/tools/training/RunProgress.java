// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

/**
 * Where a run is.
 *
 * @param epoch the running one, from 0
 * @param window how many windows of it have been learnt
 * @param windows how many it has
 * @param loss the mean of its windows so far
 * @param elementsPerSecond since it began
 */
public record RunProgress(
    long epoch, int window, int windows, double loss, double elementsPerSecond) {}

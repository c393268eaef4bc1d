// SPDX-License-Identifier: Apache-2.0

/**
 * What is measured in JVMs of its own, without JMH: the tails of single steps, cold starts, and a
 * peer's first load. Start at {@link org.lstm4j.benchmarks.process.Processes}; the classes called
 * Program are what it starts.
 */
package org.lstm4j.benchmarks.process;

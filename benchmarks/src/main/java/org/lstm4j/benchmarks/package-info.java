// SPDX-License-Identifier: Apache-2.0

/**
 * What the engine costs, beside other engines and beside what the machine can do. Timing belongs
 * here, never in a test's assertion.
 *
 * <p>The script benchmarks/run builds and starts {@link org.lstm4j.benchmarks.Main}, which has
 * {@link org.lstm4j.benchmarks.Measurement} measure. Rows and engines are in {@code engine}, JMH's
 * part in {@code suite}, what needs other processes in {@code process}, and the tables in {@code
 * report}. No module: the peers are on the class path.
 */
package org.lstm4j.benchmarks;

// SPDX-License-Identifier: Apache-2.0

/**
 * What the engine costs, measured with JMH: {@link org.lstm4j.benchmarks.StepBenchmark} one time
 * step, {@link org.lstm4j.benchmarks.OpenBenchmark} opening a model file. Timing belongs here,
 * never in a test's assertion.
 *
 * <p>To run them, {@code mvn -q -DskipTests -Pbench verify -pl benchmarks -am}; {@code
 * -Djmh="StepBenchmark -p size=1x8"} passes options to JMH.
 */
package org.lstm4j.benchmarks;

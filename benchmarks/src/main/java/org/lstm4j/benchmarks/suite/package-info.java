// SPDX-License-Identifier: Apache-2.0

/**
 * What is timed with JMH: {@link org.lstm4j.benchmarks.suite.LstmBenchmark} a call of an engine,
 * {@link org.lstm4j.benchmarks.suite.TrainingBenchmark} a training step, {@link
 * org.lstm4j.benchmarks.suite.ActivationBenchmark} and {@link
 * org.lstm4j.benchmarks.suite.OpenBenchmark} what surrounds it. {@link
 * org.lstm4j.benchmarks.suite.Plan} says which rows a run has, {@link
 * org.lstm4j.benchmarks.suite.Jmh} runs them.
 */
package org.lstm4j.benchmarks.suite;

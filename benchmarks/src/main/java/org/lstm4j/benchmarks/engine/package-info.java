// SPDX-License-Identifier: Apache-2.0

/**
 * What is measured, and on what: a {@link org.lstm4j.benchmarks.engine.Workload} is a row, an
 * {@link org.lstm4j.benchmarks.engine.EngineProvider} a column. Every engine is given the same
 * {@link org.lstm4j.benchmarks.engine.LstmWeights} and has to pass {@link
 * org.lstm4j.benchmarks.engine.Agreement} before it is timed. The peers' engines are in
 * src/peers/java. An engine for a workload that learns is a {@link
 * org.lstm4j.benchmarks.engine.LearningEngine}; one that trains is a {@link
 * org.lstm4j.benchmarks.engine.TrainingEngine} and has to pass {@link
 * org.lstm4j.benchmarks.engine.TrainingAgreement}.
 */
package org.lstm4j.benchmarks.engine;

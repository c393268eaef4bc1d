// SPDX-License-Identifier: Apache-2.0

/**
 * What a run has to say: {@link org.lstm4j.benchmarks.report.Row} with its ratios, {@link
 * org.lstm4j.benchmarks.report.Floor} with what the machine allows, {@link
 * org.lstm4j.benchmarks.report.Beside} with what others measured, and the three ways to write it
 * all down.
 */
package org.lstm4j.benchmarks.report;

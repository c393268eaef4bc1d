// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import java.util.List;
import java.util.Map;
import org.lstm4j.benchmarks.process.ColdStart;
import org.lstm4j.benchmarks.process.Tails;
import org.lstm4j.engine.training.TrainingMemory;
import org.lstm4j.tools.machine.MachineLimits;

/**
 * Everything that a run measured.
 *
 * @param date when it began, ISO 8601
 * @param quick whether it was a quick run, whose figures are rough
 * @param rounds how often the engines of a row were measured in turn; the least times count
 * @param pinned whether threads were kept on one core
 * @param machine where
 * @param limits of one core
 * @param versions of the engines, by name
 * @param rows times of LSTMs, microseconds a time step
 * @param cells microseconds a time step of each cell, fused and from the textbook, by row and
 *     engine; empty where it was not asked for
 * @param learningMemory what lstm4j holds, for each row that learns, by what is done with gates
 * @param tails single steps, by row and engine
 * @param coldStarts fresh JVMs
 * @param activations nanoseconds an element, by function
 * @param opening microseconds to open and close a model file, by shape
 * @param failures what could not be measured besides cells of rows, in sentences
 */
public record Results(
    String date,
    boolean quick,
    int rounds,
    boolean pinned,
    Machine machine,
    MachineLimits limits,
    Map<String, String> versions,
    List<Row> rows,
    Map<String, Map<String, Cell>> cells,
    Map<String, Map<String, TrainingMemory>> learningMemory,
    Map<String, Map<String, Tails>> tails,
    List<ColdStart> coldStarts,
    Map<String, Cell> activations,
    Map<String, Cell> opening,
    List<String> failures) {}

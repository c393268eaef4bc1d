// SPDX-License-Identifier: Apache-2.0
/**
 * The programs by which LSTMs are known, trained from scratch: {@link
 * org.lstm4j.tools.training.programs.BinaryAddition}, {@link
 * org.lstm4j.tools.training.programs.SymbolRecall} and {@link
 * org.lstm4j.tools.training.programs.SineForecast}. Each makes its data itself and has a main of
 * its own, at full size; the tests run them at a small one. They are examples of how to use a
 * {@link org.lstm4j.engine.training.Trainer}, not features, so they are no commands of lstm4j.
 *
 * <pre>
 * java --add-modules jdk.incubator.vector --module-path tools/target/lib \
 *   --module org.lstm4j.tools/org.lstm4j.tools.training.programs.SineForecast
 * </pre>
 */
package org.lstm4j.tools.training.programs;

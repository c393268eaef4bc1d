// SPDX-License-Identifier: Apache-2.0
/**
 * The programs by which LSTMs are known, trained from scratch: {@link
 * org.lstm4j.tools.training.programs.SineForecast}, {@link
 * org.lstm4j.tools.training.programs.BinaryAddition} and {@link
 * org.lstm4j.tools.training.programs.SymbolRecall}. Each makes its data itself, and is an example
 * of how to use a {@link org.lstm4j.engine.training.Trainer}. The command {@code lstm4j program}
 * runs them at full size, the tests at a small one.
 */
package org.lstm4j.tools.training.programs;

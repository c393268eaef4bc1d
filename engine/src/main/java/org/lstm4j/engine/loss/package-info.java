// SPDX-License-Identifier: Apache-2.0

/**
 * The losses of {@link org.lstm4j.engine.training.Loss} over the rows of a network's output: {@link
 * org.lstm4j.engine.loss.LossFunction} goes over the rows, a {@link org.lstm4j.engine.loss.RowLoss}
 * evaluates one.
 *
 * <p>Not exported. No bit of a result depends on lanes or threads: each row gives one number in
 * double precision, and these are added in the order of rows.
 */
package org.lstm4j.engine.loss;

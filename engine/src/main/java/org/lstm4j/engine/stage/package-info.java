// SPDX-License-Identifier: Apache-2.0

/**
 * How one layer of a session runs: its state, its scratch, and the order in which it calls kernels.
 *
 * <p>A session is a list of {@link org.lstm4j.engine.stage.Stage}s. Each reads the {@link
 * org.lstm4j.engine.stage.Rows} that the one before it wrote, for a chunk of time steps and all
 * batch rows at once. This package knows neither files nor the public API; it sees packed weights
 * and sizes. {@link org.lstm4j.engine.stage.RecurrentDirection} is the heart of it; {@link
 * org.lstm4j.engine.stage.Product} runs a matrix over rows, {@link org.lstm4j.engine.stage.Team}
 * shares the work among threads.
 *
 * <p>Where there is a way back, a direction leaves a {@link org.lstm4j.engine.stage.StepTape},
 * which is read {@link org.lstm4j.engine.stage.Segment} by segment; {@link
 * org.lstm4j.engine.stage.Recomputation} gives what was not kept.
 *
 * <p>Where to go next: the loops are in {@code org.lstm4j.engine.kernel}.
 */
package org.lstm4j.engine.stage;

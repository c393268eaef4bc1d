// SPDX-License-Identifier: Apache-2.0

/**
 * Measures one network on this machine, for the command {@code bench}. Not exported.
 *
 * <p>{@link org.lstm4j.tools.bench.Bench} is the way in and {@link
 * org.lstm4j.tools.bench.BenchReport} what comes out, as JSON too. Between them: {@code Workload}
 * calls a session with made-up input, {@code WarmUp} waits until that takes the same time again and
 * again, {@code Rounds} measures it in turns with a {@code BusyLoop}, and {@code Roofline} holds
 * the time against the limits that {@code org.lstm4j.tools.machine} measures.
 */
package org.lstm4j.tools.bench;

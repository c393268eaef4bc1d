// SPDX-License-Identifier: Apache-2.0

/**
 * Puts layers and weights together into something that runs.
 *
 * <p>{@link org.lstm4j.engine.assembly.Weights} packs the tensors of a network, {@link
 * org.lstm4j.engine.assembly.SessionPlan} turns its layers into stages over them, and {@link
 * org.lstm4j.engine.assembly.SequenceRunner} feeds the stages with what a caller gave. Sessions and
 * training stand on this package; it sees both the public description of layers and the stages, so
 * that neither has to see the other.
 *
 * <p>Where to go next: {@code org.lstm4j.engine.stage} holds how one layer runs.
 */
package org.lstm4j.engine.assembly;

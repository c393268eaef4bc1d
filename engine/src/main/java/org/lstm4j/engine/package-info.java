// SPDX-License-Identifier: Apache-2.0

/**
 * What a user of the engine sees.
 *
 * <p>A {@link org.lstm4j.engine.Network} is data: a list of {@link org.lstm4j.engine.Layer}s and
 * their weights, packed once. A {@link org.lstm4j.engine.Session} is the one thing that runs. Data
 * flows one way: a {@link org.lstm4j.engine.WeightSource} (a model file, an imported checkpoint)
 * gives the weights to {@link org.lstm4j.engine.Network.Builder#build}, they are packed in the
 * network's {@link org.lstm4j.engine.WeightStorage}, the layers become stages over them, and the
 * session feeds the stages.
 *
 * <p>Where to go next: {@code org.lstm4j.engine.assembly} puts layers and weights together, {@code
 * org.lstm4j.engine.stage} holds how one layer runs, {@code org.lstm4j.engine.kernel} the loops and
 * the packed layout. None of them is exported.
 */
package org.lstm4j.engine;

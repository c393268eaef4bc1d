// SPDX-License-Identifier: Apache-2.0
/**
 * What networks learn from, made into the windows and batches of a {@link
 * org.lstm4j.engine.training.Trainer}.
 *
 * <ul>
 *   <li>A table whose columns are forecast: {@link org.lstm4j.tools.dataset.SeriesTask} says which,
 *       and how far; {@link org.lstm4j.tools.dataset.Split} what is held back for validation;
 *       {@link org.lstm4j.tools.dataset.SeriesData} is the table, normalised.
 *   <li>Sequences that have a label each: {@link org.lstm4j.tools.dataset.LabelledSequences}, whose
 *       features a network may scale itself: {@link org.lstm4j.tools.dataset.FeatureScaling}.
 *   <li>{@link org.lstm4j.tools.dataset.ManyToOne} is the network that suits both.
 * </ul>
 *
 * <p>Whatever is drawn at random is drawn by the generator L64X128MixRandom from a seed, and what
 * an epoch sees depends on the seed and the number of the epoch alone: a run can go on anywhere.
 *
 * <p>The files are read by {@code org.lstm4j.tools.data}; {@code org.lstm4j.tools.forecast} uses
 * what was trained.
 */
package org.lstm4j.tools.dataset;

// SPDX-License-Identifier: Apache-2.0

/**
 * The run that all {@code train} commands share.
 *
 * <p>{@link org.lstm4j.tools.training.TrainingRun} goes through the epochs: it asks {@link
 * org.lstm4j.tools.training.Windows} for what to learn from, has a {@link
 * org.lstm4j.engine.training.Trainer} learn it, tells a {@link
 * org.lstm4j.tools.training.RunListener} how far it is, and stops where {@link
 * org.lstm4j.tools.training.RunOptions} say so. {@link org.lstm4j.tools.training.CheckpointFiles}
 * writes what an interrupted run goes on from: the model file itself, with a training state in it.
 *
 * <p>What is learnt from is known elsewhere: texts in {@code org.lstm4j.tools.text}, tables and
 * labelled sequences in {@code org.lstm4j.tools.dataset}.
 */
package org.lstm4j.tools.training;

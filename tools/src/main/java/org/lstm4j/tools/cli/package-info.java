// SPDX-License-Identifier: Apache-2.0

/**
 * The command {@code lstm4j}. Not exported: its interface is the command line.
 *
 * <p>{@code Main} maps arguments to exit codes and every exception to one sentence ({@code
 * Sentence}); each {@code *Command} is a subcommand and holds its options and help. What they
 * share: {@code LoadedModel} opens a model or imports a checkpoint, {@code SequenceRunner} runs a
 * network on named arrays and is the one place that knows the keys of an {@code .npz} and PyTorch's
 * shapes, {@code Verification} compares its results with references.
 *
 * <p>{@code BenchCommand} measures with {@code org.lstm4j.tools.bench}; {@code BenchReportPrinter}
 * and {@code LatencyPlot} show what came of it, {@code ReportJson} writes reports of any command.
 *
 * <p>{@code TrainingJob} runs what a {@code train} command made a {@code TrainingTask} of, by
 * {@code org.lstm4j.tools.training}; {@code TrainingMixin} holds the options that these commands
 * share, {@code TrainingProgress} shows how far it is. {@code InitialNetwork} is what a training
 * begins with, new or a {@code PretrainedModel}.
 *
 * <p>{@code ProgramCommand} has the classic programs of {@code org.lstm4j.tools.training.programs}.
 *
 * <p>The importers are in {@link org.lstm4j.tools}, the data files in {@code
 * org.lstm4j.tools.data}.
 */
package org.lstm4j.tools.cli;

// SPDX-License-Identifier: Apache-2.0
/**
 * Series in and out: the numbers that a network reads and the numbers that it answers with.
 *
 * <ul>
 *   <li>NumPy's files. {@link org.lstm4j.tools.data.NdArray} is one array, {@link
 *       org.lstm4j.tools.data.Npy} reads and writes it as {@code .npy}, {@link
 *       org.lstm4j.tools.data.Npz} a set of named arrays as {@code .npz}.
 *   <li>CSV, one time step a line. {@link org.lstm4j.tools.data.CsvReader} and {@link
 *       org.lstm4j.tools.data.CsvWriter} go line by line, so that a pipe sees each step at once;
 *       {@link org.lstm4j.tools.data.CsvSeries} is a whole table.
 * </ul>
 *
 * <p>Every file comes into being whole or not at all, by {@link org.lstm4j.format.io.AtomicFile}.
 *
 * <p>What is read is not trusted: no size that a file declares is allocated before the bytes are
 * there, and what cannot be right is refused by a {@link org.lstm4j.format.ModelFormatException}
 * whose message is one sentence naming the file, the fault and the remedy.
 *
 * <p>NumPy's format is implemented here because the Java libraries for it are no longer maintained;
 * the newest of them allocates what a header declares and passes over truncated data. CSV goes
 * through Apache Commons CSV, zip through the JDK.
 *
 * <p>To look at a series rather than to store it, see {@code org.lstm4j.tools.plot}.
 */
package org.lstm4j.tools.data;

// SPDX-License-Identifier: Apache-2.0

/**
 * Every reader of files that are not trusted is fuzzed: whatever bytes it is given, it returns or
 * refuses them with one sentence, in bounded time and memory, and runs nothing ({@code
 * ReaderContract}).
 *
 * <p>To add a reader, add a constant to {@link org.lstm4j.tools.fuzz.FuzzedReader}: where its seeds
 * come from, how checksums are put right (or that there are none), and the call that reads. That is
 * all. {@code ReaderSeedsTest} then reads its seeds in {@code mvn test}, and {@code FuzzingTest},
 * tagged {@code fuzz}, has Jazzer change them, in a JVM of its own for each reader.
 *
 * <p>{@code mvn verify} fuzzes for 20 seconds a reader, as many readers at a time as there are
 * processors; {@code -Dfuzz.seconds=3600} for an hour, {@code -Dfuzz.readers=ONNX,JSON} those
 * alone, {@code -Dfuzz.phase=none} not at all. All of it leaves its traces in {@code
 * target/fuzz/READER}: what Jazzer printed, the corpus, and the input that broke the contract. Such
 * an input is copied to {@code src/test/resources/fuzz/READER} when its bug is fixed, and is a seed
 * from then on.
 */
package org.lstm4j.tools.fuzz;

// SPDX-License-Identifier: Apache-2.0

/**
 * The loops, and the packed layout they read ({@link org.lstm4j.engine.kernel.PackedGates}, the
 * only place that knows it).
 *
 * <p>Every kernel is an interface with two implementations that are equal to the bit: {@code
 * Vector…} on the Vector API and {@code Scalar…} that anyone can read. {@link
 * org.lstm4j.engine.kernel.SessionKernels} is the one place that chooses (for training, {@link
 * org.lstm4j.engine.kernel.TrainingKernels} besides), and {@link org.lstm4j.engine.kernel.Warmup}
 * lets scalar code over arrays ({@code Heap…}) answer until the vector kernel is compiled. {@link
 * org.lstm4j.engine.kernel.NumericClass} decides once whether multiply-adds are fused; {@link
 * org.lstm4j.engine.kernel.ScalarMath} holds the elementary functions.
 *
 * <p>A recurrent layer has a {@link org.lstm4j.engine.kernel.CellUpdate} behind its products: the
 * cells of PyTorch one kernel each ({@code LstmGates}, {@code GruGates}, {@code RnnGates}), other
 * forms a {@link org.lstm4j.engine.kernel.GeneralCell} that is put together from {@code
 * Elementwise} and {@code Arithmetic}.
 *
 * <p><b>How a vector kernel is written.</b> It is a template: {@link
 * org.lstm4j.engine.kernel.Specialization} defines it as a hidden class for each shape, so that the
 * species and sizes are static finals. And in a hot loop no method of ours takes or returns a
 * vector. The Vector API's own methods are always inlined, but ours are refused once the
 * compilation that they end up in has grown past C2's NodeCountInliningCutoff, which depends on the
 * callers; then the vectors of that call are boxed. The step of a small LSTM ran five to eight
 * times slower so, and allocated kilobytes. Zero allocation in a test is what shows that it does
 * not happen.
 *
 * <p>And whatever comes from memory, from a broadcast or out of a loop is cast to {@code EXACT},
 * the class of its species, before a method is called on it; what a method of such a vector gives
 * needs no cast. C2 takes a class that it does not know from the profile of the Vector API's
 * methods, which the whole process shares. Where that has two widths, C2 compiles a loop for both,
 * finds no instruction for what may be either, and boxes. On a processor with AVX2, where a layer
 * before had 4 lanes, one of 20 units in 8 stayed with its scalar code for good; with the casts,
 * which cost nothing, it has its vector kernels after half a second.
 *
 * <p>Three more things that C2 does, each found in its machine code:
 *
 * <ul>
 *   <li>It unrolls a loop of loads and multiply-adds, and moves all loads to the front, to the
 *       stack if need be. Written {@code x.fma(weight, sum)}, the load becomes the instruction's
 *       memory operand instead, and a step at (128, 128) takes 3.6 µs rather than 6.3.
 *   <li>It boxes a vector that is one of two ({@code cell ? half : quarter}), depending on what
 *       else is in the loop: load it, or the scalar it is made of, from a table.
 *   <li>The first compiler gives up on methods with some fifty loads and stores of vectors. If that
 *       happens to its profiled version only, the method stays in the unprofiled one, and never
 *       gets to C2.
 * </ul>
 */
package org.lstm4j.engine.kernel;

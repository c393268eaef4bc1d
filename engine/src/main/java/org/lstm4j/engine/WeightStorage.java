// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

/**
 * How a network holds the weights of its matrices: those of LSTMs, projections and linear layers.
 * Biases, embedding tables, states and all arithmetic are float32 in every case.
 *
 * <p>Smaller weights are faster where a step waits for memory, at the cost of an error that {@code
 * lstm4j verify --weights} measures on a model. They also take less memory where the network is
 * built with them ({@link Network.Builder#weights}): it then holds no others. A network of FLOAT32
 * weights serves sessions of any storage ({@link SessionOptions#withWeights}); it makes one packed
 * copy for each storage that a session asks for, and all sessions share it.
 */
public enum WeightStorage {
  /** As PyTorch trained them: exact. */
  FLOAT32(Float.BYTES),

  /**
   * 16 bits each, with the exponents of float32: as near as a bfloat16 is, which is 2^-9 of a
   * weight. Every other weight is the nearest bfloat16; the ones between take the 16 bits of their
   * neighbour as further digits, so that they too are as near as that, but no bfloat16.
   */
  BFLOAT16(Short.BYTES),

  /**
   * 8 bits each, with one float32 scale for each row of a matrix: within half a step of the weight,
   * where a step is the largest magnitude of the row divided by 127. One of four weights is a whole
   * number of steps. The other three take the bits of their neighbours as further digits, so that
   * they too are as near as that, but zero is not exactly zero.
   */
  INT8(Byte.BYTES);

  private final int bytesPerWeight;

  WeightStorage(int bytesPerWeight) {
    this.bytesPerWeight = bytesPerWeight;
  }

  /** {@return bytes that one weight takes} */
  public int bytesPerWeight() {
    return bytesPerWeight;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

/** Sizes that a file claims, computed without overflow. */
public final class Shapes {
  /** PyTorch's own limit. */
  public static final int MAX_DIMENSIONS = 64;

  private Shapes() {}

  /**
   * The number of bytes that elements take.
   *
   * @param shape the size of each dimension
   * @param elementBytes of one element
   * @param what the tensor, to begin a sentence with
   * @throws Refusal if a dimension is negative or the product exceeds a long
   */
  public static long byteSize(long[] shape, int elementBytes, String what) {
    long size = elementBytes;
    boolean empty = false;
    for (long dimension : shape) {
      Refusal.require(dimension >= 0, "%s has a negative dimension; the file is damaged", what);
      // Zeros are left out, so that the product is bounded in whatever order it is formed.
      long factor = Math.max(1, dimension);
      Refusal.require(
          size <= Long.MAX_VALUE / factor,
          "%s has a shape of more bytes than a machine can address; the file is damaged",
          what);
      size *= factor;
      empty |= dimension == 0;
    }
    return empty ? 0 : size;
  }
}

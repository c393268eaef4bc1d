// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

/** A tensor whose elements lie in the pickle, as a NumPy array. */
record ArrayTensor(NumpyArray array) implements PickledData {}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

/** A tensor of some kind out of a pickle, unchecked as long as it has no name. */
sealed interface PickledData permits PickledTensor, ArrayTensor, UnreadableTensor {}

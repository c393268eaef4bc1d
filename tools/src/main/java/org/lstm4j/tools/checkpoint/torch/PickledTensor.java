// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

/**
 * A tensor as the pickle describes it, unchecked: its name, which a sentence on it needs, is known
 * only once the dict around it is.
 *
 * @param arguments of torch._utils._rebuild_tensor: storage, offset, shape, strides, and more that
 *     is of no use here
 */
record PickledTensor(Object[] arguments) {}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

/**
 * The off-heap memory that a {@link Trainer} or a {@link GradientSession} holds from its start to
 * its end, in bytes.
 *
 * <p>Activations are what the way there leaves for the way back. Each time step of each batch row
 * takes the following floats, with H hidden units and an output of P features (H, unless it is
 * projected), for each layer of a stack and each direction:
 *
 * <table>
 * <caption>Floats of a recurrent layer</caption>
 * <tr><th></th><th>kept</th><th>recomputed</th></tr>
 * <tr><td>LSTM</td><td>P, 4 H gates, H cell states; H more with a projection</td>
 * <td>P, and H for one step of max(2, 384 / batch)</td></tr>
 * <tr><td>GRU</td><td>P, 6 H for its two products</td><td>P</td></tr>
 * <tr><td>RNN with tanh, sigmoid or relu</td><td>P</td><td>P</td></tr>
 * <tr><td>other forms</td><td>P, and 14 H (LSTM), 9 or 12 H (GRU), 3 H (RNN)</td>
 * <td>as above</td></tr>
 * <tr><td>dropout, of each feature</td><td>2</td><td>1</td></tr>
 * </table>
 *
 * <p>The input of a network and the output of every other layer take a float for each feature. Rows
 * of a matrix begin on 64 bytes and have room for a vector behind them: up to 30 floats more.
 *
 * @param activations what is kept from the way there for the way back, and recurrent states
 * @param temporaries what is needed only while something is computed: gradients of activations,
 *     W_ih x computed ahead, and gates that are computed again
 * @param weights the weights in PyTorch's order, packed for the way there and for the way back,
 *     their gradients, and the buffers of an optimizer
 */
public record TrainingMemory(long activations, long temporaries, long weights) {
  /** {@return all of it} */
  public long total() {
    return activations + temporaries + weights;
  }
}

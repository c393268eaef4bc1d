// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.util.ArrayList;
import java.util.List;

/**
 * The dropout between the layers of a network that learns: on what an embedding and each recurrent
 * layer of a stack give to the next layer, not on what a recurrent layer gives to its own next step
 * (Zaremba, Sutskever and Vinyals 2014, "Recurrent Neural Network Regularization"). With one
 * recurrent stack alone it is {@code torch.nn.LSTM(dropout=p)}.
 */
public final class Dropouts {
  private final double p;
  private final long seed;
  private final List<Dropout> all = new ArrayList<>();

  /**
   * None yet.
   *
   * @param p probability to drop, from 0 to 1
   * @param seed the same for the same numbers
   */
  public Dropouts(double p, long seed) {
    this.p = p;
    this.seed = seed;
  }

  /** One more, for rows of so many features. */
  Dropout next(int features, long maxRows, Resources resources) {
    Dropout dropout = new Dropout(p, seed, all.size(), features, maxRows, resources);
    all.add(dropout);
    return dropout;
  }

  /**
   * Decides what is dropped from now on.
   *
   * @param position of the window in the run; another for each window
   * @param rows rows of the window
   */
  public void draw(long position, int rows) {
    for (Dropout dropout : all) {
      dropout.draw(position, rows);
    }
  }

  /**
   * Drops nothing until the next {@link #draw}.
   *
   * @param rows rows of the window
   */
  public void dropNothing(int rows) {
    for (Dropout dropout : all) {
      dropout.drawNothing(rows);
    }
  }
}

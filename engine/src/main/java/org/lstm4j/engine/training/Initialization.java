// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.List;
import java.util.Objects;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.WeightSource;

/**
 * What weights are before a network has learnt anything. Normalisation layers begin with weights of
 * one and biases of zero, whatever is chosen.
 *
 * <p>The numbers come from the JDK's generator L64X128MixRandom and a seed, parameter by parameter
 * in the order of the layers, and are the same on every machine. Initialisations are values:
 * immutable, and safe for any thread.
 */
public sealed interface Initialization {
  /** {@return what PyTorch's layers begin with} */
  static PyTorch pyTorch() {
    return new PyTorch();
  }

  /** {@return what "Dive into Deep Learning" begins with: weights of deviation 0.01, no biases} */
  static Normal d2l() {
    return new Normal(0.01);
  }

  /**
   * The weights of a network.
   *
   * @param layers the layers in order, as a {@link org.lstm4j.engine.Network.Builder} is given them
   * @param seed the same for the same weights
   * @return a source for {@link org.lstm4j.engine.Network.Builder#build}, in memory that is freed
   *     when nobody uses it any more
   */
  default WeightSource weights(List<Layer> layers, long seed) {
    return WeightSource.of(new WeightDraw(this, seed).draw(layers));
  }

  /**
   * PyTorch's defaults, by distribution (its generator is another one). Uniform in ±1/sqrt(n),
   * where n is the hidden size of a recurrent layer and the input size of a linear one; normal with
   * deviation 1 for an embedding ({@code torch.nn}, {@code reset_parameters}). Peepholes, which
   * PyTorch has not, begin as the other weights of their layer.
   */
  record PyTorch() implements Initialization {}

  /**
   * Weights from a normal distribution around zero, biases of zero.
   *
   * @param deviation its standard deviation, 0 or more
   */
  record Normal(double deviation) implements Initialization {
    /**
     * Checks the deviation.
     *
     * @throws IllegalArgumentException if it is negative or no number
     */
    public Normal {
      Limits.requireNotNegative("the deviation of weights", deviation);
    }
  }

  /**
   * Weights and biases uniform in ±bound.
   *
   * @param bound 0 or more
   */
  record Uniform(double bound) implements Initialization {
    /**
     * Checks the bound.
     *
     * @throws IllegalArgumentException if it is negative or no number
     */
    public Uniform {
      Limits.requireNotNegative("the bound of weights", bound);
    }
  }

  /**
   * Like another one, but the forget gates of LSTMs have a given bias, the sum of b_if and b_hf, so
   * that they remember from the start (Gers et al. 2000; Jozefowicz et al. 2015 recommend 1).
   *
   * @param others all other weights
   * @param bias of the forget gates
   */
  record ForgetGateBias(Initialization others, double bias) implements Initialization {
    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if the bias is not finite
     */
    public ForgetGateBias {
      Objects.requireNonNull(others, "others");
      Limits.requireFinite("the bias of forget gates", bias);
    }
  }

  /**
   * Like another one, but the gates of LSTMs keep what they hold for many time steps, and let
   * little in: forget gates have a bias of log(u), where u is uniform from 1 to maxSteps - 1 for
   * each unit, and input gates one of -log(u), each the sum of b_ih and b_hh ("chrono", Tallec and
   * Ollivier 2018).
   *
   * @param others all other weights
   * @param maxSteps the most time steps to remember something for, 2 or more
   */
  record Chrono(Initialization others, int maxSteps) implements Initialization {
    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if there are less than two time steps
     */
    public Chrono {
      Objects.requireNonNull(others, "others");
      if (maxSteps < 2) {
        throw new IllegalArgumentException(
            "the most time steps to remember must be at least 2, not " + maxSteps);
      }
    }
  }
}

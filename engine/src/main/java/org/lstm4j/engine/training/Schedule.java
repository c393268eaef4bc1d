// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.List;
import java.util.Objects;

/**
 * How the learning rate changes while a network learns: the schedules of PyTorch 1.13 (PyTorch
 * documentation, {@code torch.optim.lr_scheduler}).
 *
 * <p>In the formulas lr is the optimizer's learning rate, and t counts epochs from 0; who advances
 * a {@link ScheduleState} after each update counts updates instead. PyTorch computes most of them
 * from one epoch to the next, which differs by rounding. Schedules are values: immutable, and safe
 * for any thread.
 */
public sealed interface Schedule {
  /** A schedule whose learning rate depends on the epoch alone. */
  sealed interface ByEpoch extends Schedule {
    /**
     * The learning rate of an epoch.
     *
     * @param learningRate the optimizer's
     * @param epoch from 0
     * @return the learning rate
     */
    double rate(double learningRate, long epoch);
  }

  /** {@return the optimizer's learning rate at all times} */
  static Constant constant() {
    return new Constant();
  }

  /** The optimizer's learning rate at all times. */
  record Constant() implements ByEpoch {
    @Override
    public double rate(double learningRate, long epoch) {
      return learningRate;
    }
  }

  /**
   * lr * gamma^floor(t / stepSize) ({@code StepLR}).
   *
   * @param stepSize epochs from one change to the next, 1 or more
   * @param gamma 0 or more; PyTorch's default is 0.1
   */
  record Step(long stepSize, double gamma) implements ByEpoch {
    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one cannot be
     */
    public Step {
      Limits.requirePositive("the step size of a schedule", stepSize);
      Limits.requireNotNegative("gamma", gamma);
    }

    @Override
    public double rate(double learningRate, long epoch) {
      return learningRate * power(gamma, epoch / stepSize);
    }
  }

  /**
   * lr * gamma^n, where n is the number of milestones up to t ({@code MultiStepLR}).
   *
   * @param milestones epochs at which the learning rate changes, in order, 1 or more each
   * @param gamma 0 or more; PyTorch's default is 0.1
   */
  record MultiStep(List<Long> milestones, double gamma) implements ByEpoch {
    /**
     * Checks the settings, and copies the list.
     *
     * @throws IllegalArgumentException if one cannot be
     */
    public MultiStep {
      milestones = List.copyOf(milestones);
      for (int i = 0; i < milestones.size(); i++) {
        Limits.requirePositive("a milestone", milestones.get(i));
        if (i > 0 && milestones.get(i) < milestones.get(i - 1)) {
          throw new IllegalArgumentException("milestones must be in order, not " + milestones);
        }
      }
      Limits.requireNotNegative("gamma", gamma);
    }

    @Override
    public double rate(double learningRate, long epoch) {
      return learningRate * power(gamma, milestones.stream().filter(m -> m <= epoch).count());
    }
  }

  /**
   * lr * gamma^t ({@code ExponentialLR}).
   *
   * @param gamma 0 or more
   */
  record Exponential(double gamma) implements ByEpoch {
    /**
     * Checks the setting.
     *
     * @throws IllegalArgumentException if it cannot be
     */
    public Exponential {
      Limits.requireNotNegative("gamma", gamma);
    }

    @Override
    public double rate(double learningRate, long epoch) {
      return learningRate * power(gamma, epoch);
    }
  }

  /**
   * etaMin + (lr - etaMin) * (1 + cos(pi * t / tMax)) / 2 ({@code CosineAnnealingLR}; Loshchilov
   * and Hutter 2017, without restarts).
   *
   * @param tMax epochs from the highest to the lowest learning rate, 1 or more
   * @param etaMin the lowest, 0 or more; PyTorch's default is 0
   */
  record CosineAnnealing(long tMax, double etaMin) implements ByEpoch {
    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one cannot be
     */
    public CosineAnnealing {
      Limits.requirePositive("T_max", tMax);
      Limits.requireNotNegative("eta_min", etaMin);
    }

    @Override
    public double rate(double learningRate, long epoch) {
      // The cosine has period 2 tMax; of a large argument it would lose digits.
      double angle = StrictMath.PI * (double) (epoch % (2 * tMax)) / (double) tMax;
      return etaMin + (learningRate - etaMin) * (1 + StrictMath.cos(angle)) / 2;
    }
  }

  /**
   * lr * (startFactor + (endFactor - startFactor) * min(t, totalIters) / totalIters) ({@code
   * LinearLR}): a warm-up where the start is smaller than the end.
   *
   * @param startFactor from 0 to 1; PyTorch's default is 1/3
   * @param endFactor from 0 to 1; PyTorch's default is 1
   * @param totalIters epochs from the start to the end, 1 or more; PyTorch's default is 5
   */
  record Linear(double startFactor, double endFactor, long totalIters) implements ByEpoch {
    /**
     * Checks PyTorch's limits.
     *
     * @throws IllegalArgumentException if a setting is outside of them
     */
    public Linear {
      requireFactor("the start factor", startFactor);
      requireFactor("the end factor", endFactor);
      Limits.requirePositive("total_iters", totalIters);
    }

    private static void requireFactor(String what, double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(what + " must be from 0 to 1, not " + value);
      }
    }

    @Override
    public double rate(double learningRate, long epoch) {
      double done = (double) Math.min(epoch, totalIters) / (double) totalIters;
      return learningRate * (startFactor + (endFactor - startFactor) * done);
    }
  }

  /**
   * A linear schedule for its totalIters epochs, then another one, which counts from 0 then ({@code
   * SequentialLR}).
   *
   * @param warmUp what comes first
   * @param then what follows
   */
  record WarmUp(Linear warmUp, Schedule then) implements Schedule {
    /** Checks that both are there. */
    public WarmUp {
      Objects.requireNonNull(warmUp, "warmUp");
      Objects.requireNonNull(then, "then");
    }
  }

  /**
   * Multiplies the learning rate by factor when a metric, such as the loss on held-back data, has
   * not become better for more than patience epochs in a row ({@code ReduceLROnPlateau}). An epoch
   * counts as better where, for a metric to be minimized, metric &lt; best * (1 - threshold), or
   * with absolute metric &lt; best - threshold; for one to be maximized the signs are the other way
   * round.
   *
   * @param maximize whether a larger metric is better
   * @param factor in [0, 1)
   * @param patience epochs, 0 or more
   * @param threshold 0 or more
   * @param absolute whether the threshold is added rather than a share of the best metric
   * @param cooldown epochs after a change in which no epoch counts as bad, 0 or more
   * @param minRate the learning rate does not fall below it; 0 or more
   * @param eps a smaller change is left out; 0 or more
   */
  record ReduceOnPlateau(
      boolean maximize,
      double factor,
      long patience,
      double threshold,
      boolean absolute,
      long cooldown,
      double minRate,
      double eps)
      implements Schedule {
    /**
     * Checks PyTorch's limits.
     *
     * @throws IllegalArgumentException if a setting is outside of them
     */
    public ReduceOnPlateau {
      if (!(factor >= 0 && factor < 1)) {
        throw new IllegalArgumentException("the factor must be in [0, 1), not " + factor);
      }
      Limits.requireNotNegative("the patience", (double) patience);
      Limits.requireNotNegative("the threshold", threshold);
      Limits.requireNotNegative("the cooldown", (double) cooldown);
      Limits.requireNotNegative("the lowest learning rate", minRate);
      Limits.requireNotNegative("eps", eps);
    }

    /**
     * PyTorch's defaults: minimize, threshold 1e-4 of the best, no cooldown, down to 0, eps 1e-8.
     *
     * @param factor in [0, 1); PyTorch's default is 0.1
     * @param patience epochs, 0 or more; PyTorch's default is 10
     */
    public ReduceOnPlateau(double factor, long patience) {
      this(false, factor, patience, 1e-4, false, 0, 0, 1e-8);
    }

    boolean isBetter(double metric, double best) {
      if (absolute) {
        return maximize ? metric > best + threshold : metric < best - threshold;
      }
      return maximize ? metric > best * (1 + threshold) : metric < best * (1 - threshold);
    }

    double reduced(double rate) {
      double lower = Math.max(rate * factor, minRate);
      return rate - lower > eps ? lower : rate;
    }
  }

  /** The same on every machine. */
  private static double power(double base, long exponent) {
    return StrictMath.pow(base, (double) exponent);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import static org.lstm4j.engine.kernel.ParameterUpdate.DECAY;
import static org.lstm4j.engine.kernel.ParameterUpdate.EPS;
import static org.lstm4j.engine.kernel.ParameterUpdate.KEEP;
import static org.lstm4j.engine.kernel.ParameterUpdate.MOMENTUM;
import static org.lstm4j.engine.kernel.ParameterUpdate.RATE;
import static org.lstm4j.engine.kernel.ParameterUpdate.ROOT;
import static org.lstm4j.engine.kernel.ParameterUpdate.SHARE;
import static org.lstm4j.engine.kernel.ParameterUpdate.SQUARE_DECAY;
import static org.lstm4j.engine.kernel.ParameterUpdate.SQUARE_SHARE;
import static org.lstm4j.engine.kernel.ParameterUpdate.WEIGHT_DECAY;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.kernel.ParameterUpdate;
import org.lstm4j.engine.kernel.ParameterUpdate.Rule;
import org.lstm4j.engine.training.Optimizer;

/**
 * What an optimizer asks of the kernel: its shape, its buffers and the coefficients of each update.
 * They are computed in double precision and rounded once, as PyTorch's are in Python.
 *
 * @param buffers those that there are
 */
record UpdatePlan(Optimizer optimizer, ParameterUpdate.Shape shape, List<Buffer> buffers) {
  /**
   * A buffer.
   *
   * @param title PyTorch's name
   * @param place 0 to 2, among the arguments of the kernel
   */
  record Buffer(String title, int place) {}

  static UpdatePlan of(Optimizer optimizer) {
    return switch (optimizer) {
      case Optimizer.Sgd sgd -> of(sgd);
      case Optimizer.RmsProp rmsProp -> of(rmsProp);
      case Optimizer.Adam adam -> adam(adam, adam.weightDecay() != 0, adam.amsgrad());
      case Optimizer.AdamW adamW -> adam(adamW, false, adamW.amsgrad());
    };
  }

  private static UpdatePlan of(Optimizer.Sgd sgd) {
    boolean momentum = sgd.momentum() != 0;
    return new UpdatePlan(
        sgd,
        new ParameterUpdate.Shape(
            Rule.SGD, sgd.weightDecay() != 0, momentum, sgd.nesterov(), false, false, 0),
        momentum ? List.of(new Buffer("momentum_buffer", 0)) : List.of());
  }

  private static UpdatePlan of(Optimizer.RmsProp rmsProp) {
    boolean momentum = rmsProp.momentum() > 0;
    List<Buffer> buffers = new ArrayList<>();
    buffers.add(new Buffer("square_avg", 0));
    if (momentum) {
      buffers.add(new Buffer("momentum_buffer", 1));
    }
    if (rmsProp.centered()) {
      buffers.add(new Buffer("grad_avg", 2));
    }
    return new UpdatePlan(
        rmsProp,
        new ParameterUpdate.Shape(
            Rule.RMS_PROP,
            rmsProp.weightDecay() != 0,
            momentum,
            false,
            rmsProp.centered(),
            false,
            0),
        List.copyOf(buffers));
  }

  private static UpdatePlan adam(Optimizer optimizer, boolean weightDecay, boolean amsgrad) {
    List<Buffer> buffers = new ArrayList<>();
    buffers.add(new Buffer("exp_avg", 0));
    buffers.add(new Buffer("exp_avg_sq", 1));
    if (amsgrad) {
      buffers.add(new Buffer("max_exp_avg_sq", 2));
    }
    return new UpdatePlan(
        optimizer,
        new ParameterUpdate.Shape(Rule.ADAM, weightDecay, false, false, false, amsgrad, 0),
        List.copyOf(buffers));
  }

  /** The index of the kernel's first buffer, or -1 for none. */
  int first() {
    return at(0);
  }

  /** The index of the kernel's second buffer, or -1 for none. */
  int second() {
    return at(1);
  }

  /** The index of the kernel's third buffer, or -1 for none. */
  int third() {
    return at(2);
  }

  private int at(int place) {
    for (int i = 0; i < buffers.size(); i++) {
      if (buffers.get(i).place() == place) {
        return i;
      }
    }
    return -1;
  }

  /**
   * The coefficients of an update.
   *
   * @param rate the learning rate
   * @param step the number of the update, from 1
   * @param c receives them
   */
  void coefficients(double rate, long step, float[] c) {
    switch (optimizer) {
      case Optimizer.Sgd sgd -> {
        // The momentum begins as the whole gradient, whatever the dampening.
        c[DECAY] = step == 1 ? 0 : (float) sgd.momentum();
        c[SHARE] = step == 1 ? 1 : (float) (1 - sgd.dampening());
        c[MOMENTUM] = (float) sgd.momentum();
        c[WEIGHT_DECAY] = (float) sgd.weightDecay();
        c[RATE] = (float) -rate;
      }
      case Optimizer.RmsProp rmsProp -> {
        c[SQUARE_DECAY] = (float) rmsProp.alpha();
        c[SQUARE_SHARE] = (float) (1 - rmsProp.alpha());
        c[EPS] = (float) rmsProp.eps();
        c[MOMENTUM] = (float) rmsProp.momentum();
        c[WEIGHT_DECAY] = (float) rmsProp.weightDecay();
        c[RATE] = (float) -rate;
      }
      case Optimizer.Adam adam -> {
        averages(adam.beta1(), adam.beta2(), adam.eps(), rate, step, c);
        c[WEIGHT_DECAY] = (float) adam.weightDecay();
        c[KEEP] = 1;
      }
      case Optimizer.AdamW adamW -> {
        averages(adamW.beta1(), adamW.beta2(), adamW.eps(), rate, step, c);
        c[KEEP] = (float) (1 - rate * adamW.weightDecay());
      }
    }
  }

  private static void averages(
      double beta1, double beta2, double eps, double rate, long step, float... c) {
    c[DECAY] = (float) beta1;
    c[SHARE] = (float) (1 - beta1);
    c[SQUARE_DECAY] = (float) beta2;
    c[SQUARE_SHARE] = (float) (1 - beta2);
    c[EPS] = (float) eps;
    c[RATE] = (float) -(rate / (1 - power(beta1, step)));
    c[ROOT] = (float) Math.sqrt(1 - power(beta2, step));
  }

  /** By squaring: Math.pow may differ from machine to machine, and StrictMath.pow allocates. */
  private static double power(double base, long exponent) {
    double result = 1;
    double square = base;
    for (long left = exponent; left > 0; left >>= 1) {
      result = (left & 1) == 1 ? result * square : result;
      square *= square;
    }
    return result;
  }
}

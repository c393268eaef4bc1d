// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.List;
import java.util.stream.Stream;
import org.lstm4j.engine.ActivationFunction.Elu;
import org.lstm4j.engine.ActivationFunction.HardSigmoid;
import org.lstm4j.engine.ActivationFunction.LeakyRelu;
import org.lstm4j.engine.ActivationFunction.Relu;
import org.lstm4j.engine.ActivationFunction.Sigmoid;
import org.lstm4j.engine.ActivationFunction.Silu;
import org.lstm4j.engine.ActivationFunction.Tanh;

/** Every recurrent cell in every form, in one direction, so that all of them can be streamed. */
final class CellCases {
  private static final int INPUTS = 5;
  private static final int UNITS = 19;
  private static final ActivationFunction HARD = new HardSigmoid(0.2f, 0.5f);

  private CellCases() {}

  /** Each cell by itself, in two layers. */
  static Stream<NetworkCase> alone() {
    return cells(INPUTS).map(cell -> NetworkCase.of(describe(cell), cell));
  }

  /** Each cell in a residual layer, with layer norms before and behind it. */
  static Stream<NetworkCase> amongOtherLayers() {
    return cells(UNITS)
        .map(cell ->
            NetworkCase.of(
                "norms and a residual around " + describe(cell),
                new Layer.Linear("up", INPUTS, UNITS, true),
                new Layer.Residual(List.of(Layer.LayerNorm.of("before", UNITS), cell)),
                Layer.LayerNorm.of("behind", UNITS)));
  }

  private static String describe(Layer.Recurrent cell) {
    return switch (cell) {
      case Layer.Lstm lstm -> "lstm, projection " + lstm.projSize() + ", " + lstm.form();
      case Layer.Gru gru -> "gru, " + gru.form();
      case Layer.Rnn rnn -> "rnn, " + rnn.nonlinearity();
    };
  }

  private static Stream<Layer.Recurrent> cells(int inputs) {
    return Stream.of(lstms(inputs), grus(inputs), rnns(inputs)).flatMap(cells -> cells);
  }

  private static Stream<Layer.Recurrent> lstms(int inputs) {
    Sigmoid s = new Sigmoid();
    Tanh t = new Tanh();
    Stream<Layer.Recurrent> forms =
        Stream.of(
                LstmForm.standard(),
                new LstmForm(true, true, s, t, t, 0),
                new LstmForm(true, false, s, t, t, 0),
                new LstmForm(false, false, s, t, t, 0),
                new LstmForm(false, true, s, t, t, 0.25f),
                new LstmForm(true, true, HARD, new Elu(1), new LeakyRelu(0.2f), 0.5f))
            .map(form -> new Layer.Lstm("cell", inputs, UNITS, 2, true, false, 0, false, form));
    Layer.Recurrent projected =
        new Layer.Lstm("cell", inputs, UNITS + 14, 2, true, false, UNITS, false);
    return Stream.concat(forms, Stream.of(projected));
  }

  private static Stream<Layer.Recurrent> grus(int inputs) {
    return Stream.of(
            GruForm.standard(),
            new GruForm(false, new Sigmoid(), new Tanh(), 0),
            new GruForm(false, HARD, new LeakyRelu(0.1f), 0.3f),
            new GruForm(true, HARD, new Elu(0.7f), 0.4f))
        .map(form -> new Layer.Gru("cell", inputs, UNITS, 2, true, false, false, form));
  }

  private static Stream<Layer.Recurrent> rnns(int inputs) {
    return Stream.of(new Tanh(), new Relu(), new Sigmoid(), new Silu(), HARD)
        .map(function -> new Layer.Rnn("cell", inputs, UNITS, 2, true, false, false, function));
  }
}

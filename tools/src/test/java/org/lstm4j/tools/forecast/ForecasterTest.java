// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.format.Normalisation;
import org.lstm4j.format.Normalisation.Column;

class ForecasterTest {
  private static final Column LOAD = new Column("load", 100, 10);
  private static final Column WIND = new Column("wind", 5, 2);

  /** Each output is the first input plus 1, 2, and so on, in units of the features. */
  private static Network counting(int inputs, int outputs, boolean manyToOne) {
    Layer head = new Layer.Linear("head", inputs, outputs, true);
    float[] weights = new float[inputs * outputs];
    float[] biases = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      weights[i * inputs] = 1;
      biases[i] = i + 1;
    }
    return Network.builder()
        .add(manyToOne ? new Layer[] {new Layer.ReadLast(inputs), head} : new Layer[] {head})
        .build(
            WeightSource.of(
                Map.of(
                    "head.weight", Tensor.of(weights, outputs, inputs),
                    "head.bias", Tensor.of(biases, outputs))));
  }

  private static List<String> lines(List<Forecast> forecasts) {
    return forecasts.stream()
        .map(forecast ->
            "%d +%d %s".formatted(forecast.timeStep(), forecast.ahead(), forecast.values()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aForecastIsInTheUnitOfTheColumn(boolean manyToOne) {
    Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(LOAD), 2, 1);
    try (Network network = counting(1, 1, manyToOne);
        Forecaster forecaster = new Forecaster(network, normalisation)) {
      float[] table = {80, 90, 100, 110};

      assertEquals(List.of("4 +1 [120.0]"), lines(forecaster.after(table, 2, 1)));
      assertEquals(List.of("2 +1 [100.0]"), lines(forecaster.after(table, 0, 1)));
    }
  }

  @Test
  void allTimeStepsUpToTheHorizonComeAtOnce() {
    Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(LOAD, WIND), 2, 2);
    try (Network network = counting(1, 4, true);
        Forecaster forecaster = new Forecaster(network, normalisation)) {
      // 110 is 1 in units of the feature; 2 and 3 come next, then 4 and 5.
      assertEquals(
          List.of("2 +1 [120.0, 11.0]", "3 +2 [140.0, 15.0]"),
          lines(forecaster.after(new float[] {90, 110}, 0, 2)));
      assertEquals(
          List.of("2 +1 [120.0, 11.0]"), lines(forecaster.after(new float[] {90, 110}, 0, 1)));
    }
  }

  @Test
  void aNetworkMayForecastTheLastTimeStepOfTheHorizonAlone() {
    Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(LOAD), 2, 6);
    try (Network network = counting(1, 1, true);
        Forecaster forecaster = new Forecaster(network, normalisation)) {
      assertEquals(List.of("7 +6 [120.0]"), lines(forecaster.after(new float[] {90, 110}, 0, 6)));
    }
  }

  @Test
  void forecastsAreFedBackBeyondTheHorizon() {
    Normalisation normalisation = new Normalisation(List.of(WIND, LOAD), List.of(LOAD, WIND), 3, 1);
    try (Network network = counting(2, 2, true);
        Forecaster forecaster = new Forecaster(network, normalisation)) {
      float[] table = {9, 0, 9, 0, 5, 100};

      // The first input is wind, 0 in units of the feature. Wind is the second output: plus 2.
      assertEquals(
          List.of("3 +1 [110.0, 9.0]", "4 +2 [130.0, 13.0]", "5 +3 [150.0, 17.0]"),
          lines(forecaster.after(table, 0, 3)));
    }
  }

  @Test
  void aWindowOfForecastsAloneIsReadToo() {
    Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(LOAD), 2, 2);
    try (Network network = counting(1, 2, true);
        Forecaster forecaster = new Forecaster(network, normalisation)) {
      assertEquals(
          List.of("110.0", "120.0", "130.0", "140.0", "150.0"),
          forecaster.after(new float[] {0, 100}, 0, 5).stream()
              .map(forecast -> forecast.values().getFirst().toString())
              .toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | it reads the column 'load', which it does not forecast; give at most --steps 2",
        "0 | cannot forecast 0 time steps"
      })
  void stepsThatItCannotGoAreRefused(int steps, String why) {
    Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(WIND), 2, 2);
    try (Network network = counting(1, 2, true);
        Forecaster forecaster = new Forecaster(network, normalisation)) {
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () -> forecaster.after(new float[] {90, 110}, 0, steps));

      assertTrue(e.getMessage().contains(why), e.getMessage());
    }
  }

  @Test
  void aModelWithoutAHorizonDoesNotForecast() {
    Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(LOAD), 0, 0);
    try (Network network = counting(1, 1, true)) {
      Exception e =
          assertThrows(
              IllegalArgumentException.class, () -> new Forecaster(network, normalisation));

      assertTrue(e.getMessage().contains("no window and no horizon"), e.getMessage());
    }
  }

  @Test
  void outputsThatAreNotNormalisedHaveNumbersForNames() {
    Normalisation normalisation = new Normalisation(List.of(LOAD), List.of(), 2, 3);
    try (Network network = counting(1, 2, true);
        Forecaster forecaster = new Forecaster(network, normalisation)) {
      assertEquals(List.of("output_0", "output_1"), forecaster.outputNames());
      assertEquals(List.of("4 +3 [2.0, 3.0]"), lines(forecaster.after(new float[] {0, 110}, 0, 3)));
    }
  }
}

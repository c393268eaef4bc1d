// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lstm4j.benchmarks.engine.Lstm4j;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * One row of the table, in microseconds a time step.
 *
 * @param name for example {@code step 128x256 f32}
 * @param floor the least time that the machine allows, empty where no floor is known
 * @param cells what each engine gave, by its name
 */
public record Row(String name, OptionalDouble floor, Map<String, Cell> cells) {
  /** Copies the cells, in their order. */
  public Row {
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
  }

  /**
   * The time of an engine.
   *
   * @param engine its name
   * @return microseconds, empty if it was not measured
   */
  public OptionalDouble micros(String engine) {
    return cells.get(engine) instanceof Cell.Measured measured
        ? OptionalDouble.of(measured.value())
        : OptionalDouble.empty();
  }

  /** {@return tokens a second of each engine that was measured; empty unless the row trains} */
  public Map<String, Double> tokensPerSecond() {
    Map<String, Double> rates = new LinkedHashMap<>();
    Workload workload = Workload.parse(name);
    if (workload.trains()) {
      double tokensPerStep = workload.kind().batch();
      for (String engine : cells.keySet()) {
        micros(engine).ifPresent(micros -> rates.put(engine, tokensPerStep * 1e6 / micros));
      }
    }
    return rates;
  }

  /** {@return the fastest engine that is not lstm4j} */
  public Optional<String> bestPeer() {
    return cells.keySet().stream()
        .filter(engine -> !engine.equals(Lstm4j.NAME))
        .filter(engine -> micros(engine).isPresent())
        .min((a, b) -> Double.compare(micros(a).orElseThrow(), micros(b).orElseThrow()));
  }

  /** {@return lstm4j's time divided by the best peer's: below 1 is faster} */
  public OptionalDouble ratioToBestPeer() {
    OptionalDouble ours = micros(Lstm4j.NAME);
    Optional<String> peer = bestPeer();
    return ours.isPresent() && peer.isPresent()
        ? OptionalDouble.of(ours.getAsDouble() / micros(peer.get()).orElseThrow())
        : OptionalDouble.empty();
  }

  /** {@return the floor divided by lstm4j's time: 1 is what the machine can do} */
  public OptionalDouble shareOfLimit() {
    OptionalDouble ours = micros(Lstm4j.NAME);
    return ours.isPresent() && floor.isPresent()
        ? OptionalDouble.of(floor.getAsDouble() / ours.getAsDouble())
        : OptionalDouble.empty();
  }
}

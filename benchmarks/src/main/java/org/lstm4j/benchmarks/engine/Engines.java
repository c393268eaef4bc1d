// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The engines of this build. */
public final class Engines {
  private Engines() {}

  /** {@return what this build measures lstm4j beside; empty without the Maven profile peers} */
  public static List<EngineProvider> peers() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /** {@return every cell of lstm4j, and each from the textbook} */
  public static List<EngineProvider> cells() {
    return Stream.concat(
            Stream.of(CellKind.values()).<EngineProvider>map(Lstm4j::new),
            Stream.of(CellKind.values()).map(Textbook::new))
        .toList();
  }

  /**
   * An engine by its name.
   *
   * @param name its column
   * @return the engine
   * @throws IllegalArgumentException if this build has none of that name
   */
  public static EngineProvider named(String name) {
    return Stream.concat(cells().stream(), Stream.of(true).flatMap(_ -> peers().stream()))
        .filter(engine -> engine.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("this build has no engine " + name));
  }
}

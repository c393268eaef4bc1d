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

  /**
   * An engine by its name.
   *
   * @param name its column
   * @return the engine
   * @throws IllegalArgumentException if this build has none of that name
   */
  public static EngineProvider named(String name) {
    List<EngineProvider> own = List.of(new Lstm4j(), new Textbook());
    return Stream.concat(own.stream(), Stream.of(true).flatMap(_ -> peers().stream()))
        .filter(engine -> engine.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("this build has no engine " + name));
  }
}

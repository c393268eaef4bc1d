// SPDX-License-Identifier: Apache-2.0

/**
 * The lstm4j engine: networks, sessions and the loops that run them. Depends on nothing but the
 * JDK.
 *
 * <p>Start at {@link org.lstm4j.engine.Network}. The vector module is optional at run time: with
 * {@code --add-modules jdk.incubator.vector} the SIMD kernels run, without it their scalar twins.
 */
module org.lstm4j.engine {
  requires static jdk.incubator.vector;
  requires jdk.management;

  exports org.lstm4j.engine;
  exports org.lstm4j.engine.training;
}

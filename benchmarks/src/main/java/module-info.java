// SPDX-License-Identifier: Apache-2.0

/** JMH benchmarks; open, because JMH reads and runs its generated classes by reflection. */
open module org.lstm4j.benchmarks {
  requires org.lstm4j.format;
  requires jmh.core;
  requires jdk.unsupported;
  requires jdk.management;
}

// SPDX-License-Identifier: Apache-2.0

/** Steps a model. On the class path this file has no effect. */
module org.example.consumer {
  requires java.management;
  requires org.lstm4j.engine;
  requires org.lstm4j.format;
}

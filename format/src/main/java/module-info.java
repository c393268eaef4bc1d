// SPDX-License-Identifier: Apache-2.0

/**
 * The lstm4j model file: what a network looks like on disk, its reader and its writer.
 *
 * <p>Start at {@link org.lstm4j.format.ModelFile}. The published schema is {@code
 * org/lstm4j/format/v1/model.proto} in this module's jar; the classes generated from it are not
 * exported, so that the schema can grow without changing the Java API.
 */
@SuppressWarnings("module") // the tools are built after this module
module org.lstm4j.format {
  requires transitive org.lstm4j.engine;
  requires com.google.protobuf;

  exports org.lstm4j.format;
  exports org.lstm4j.format.io to
      org.lstm4j.tools;
}

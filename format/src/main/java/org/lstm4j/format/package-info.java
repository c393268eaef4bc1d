// SPDX-License-Identifier: Apache-2.0

/**
 * Networks on disk.
 *
 * <p>{@link org.lstm4j.format.ModelFile} writes an {@code .l4j} model file, whose weights are
 * float32, and opens it in any {@link org.lstm4j.engine.WeightStorage}; what people need beside the
 * network lies in the same file as {@link org.lstm4j.format.Attachments}. {@link
 * org.lstm4j.format.StateFile} reads and writes the state of a session. Everything that can be
 * wrong with a file ends in a {@link org.lstm4j.format.ModelFormatException} whose message is one
 * sentence.
 *
 * <p>Inside, both kinds of file share one container: a header, a table of tensors in it, and their
 * aligned bytes. {@code FileReader} is the way in and {@code ContainerWriter} the way out; {@code
 * FileFrame} knows the order of the fields, {@code TensorTable} the rules of the table, {@code
 * LayerEncoder} and {@code LayerDecoder} the layers, {@code AttachmentEncoder} and {@code
 * AttachmentDecoder} the attachments. The schema in {@code src/main/proto} is the specification,
 * {@code docs/l4j-file.md} its explanation.
 *
 * <p>Files are written with the classes that are generated from the schema. They are read with
 * {@code WireMessage} instead, by the field numbers in these classes, so that a fresh JVM gives its
 * first output before they would even be loaded.
 */
package org.lstm4j.format;

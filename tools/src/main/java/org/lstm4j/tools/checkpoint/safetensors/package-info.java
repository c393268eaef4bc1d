// SPDX-License-Identifier: Apache-2.0

/**
 * The safetensors format: eight bytes of header length (little-endian), a JSON header with every
 * tensor's type, shape and place, then the tensors' bytes without gaps (the format's public
 * description, "Format" in the README of huggingface/safetensors).
 *
 * <p>{@link org.lstm4j.tools.checkpoint.safetensors.SafetensorsFile} maps the file, {@code
 * HeaderParser} reads and checks what the header says before any of it is used. Where {@code
 * lstm4j_export.py} wrote the file, {@code ExportedArchitecture} reads what it says of the network.
 *
 * <p>{@link org.lstm4j.tools.checkpoint.safetensors.SafetensorsWriter} writes such a file.
 */
package org.lstm4j.tools.checkpoint.safetensors;

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

/** What a matrix without bias can be. */
public enum LayerKind {
  /** A table of rows looked up by index ({@code torch.nn.Embedding}). */
  EMBEDDING,
  /** A matrix to multiply by ({@code torch.nn.Linear}). */
  LINEAR
}

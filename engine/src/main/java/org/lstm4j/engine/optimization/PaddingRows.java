// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.gradient.ParameterMemory;

/**
 * Rows of embedding tables that stand for padding, and so have no gradient ({@code
 * torch.nn.Embedding(padding_idx)}). Used by one thread at a time; allocates nothing after the
 * start.
 */
public final class PaddingRows {
  private final MemorySegment[] gradients;

  /**
   * Finds them.
   *
   * @param tokens by the name of the embedding
   * @throws IllegalArgumentException if there is no such embedding, or no such token in it
   */
  public PaddingRows(Network network, ParameterMemory memory, Map<String, Integer> tokens) {
    this.gradients =
        tokens.entrySet().stream()
            .map(entry -> row(network, memory, entry.getKey(), entry.getValue()))
            .toArray(MemorySegment[]::new);
  }

  private static MemorySegment row(
      Network network, ParameterMemory memory, String name, int token) {
    for (Layer layer : network.layers()) {
      if (layer instanceof Layer.Embedding embedding && embedding.name().equals(name)) {
        if (token < 0 || token >= embedding.numEmbeddings()) {
          throw new IllegalArgumentException(
              "token %d cannot be the padding of '%s', which has %d"
                  .formatted(token, name, embedding.numEmbeddings()));
        }
        long bytes = (long) embedding.embeddingDim() * Float.BYTES;
        String table = embedding.parameters().getFirst().name();
        return memory.gradients(table).asSlice(token * bytes, bytes);
      }
    }
    throw new IllegalArgumentException("no embedding is named '" + name + "'");
  }

  /** Makes the gradients zero that the embeddings have for padding. */
  public void clearGradients() {
    for (MemorySegment row : gradients) {
      row.fill((byte) 0);
    }
  }
}

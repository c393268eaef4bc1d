// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import java.util.function.Predicate;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.gradient.ParameterMemory;

/**
 * Where in {@link ParameterMemory} the parameters that learn are, cut into blocks that threads may
 * share out. The blocks depend on the parameters alone, so that what is summed up block by block
 * does not depend on threads. Immutable.
 */
public final class LearningParameters {
  /** A block and its buffers fit into the first cache. */
  private static final long BLOCK = 2048;

  private final long floats;
  private final long[] from;
  private final long[] end;

  /**
   * The parameters that learn.
   *
   * @param learns whether the parameter of a name does
   */
  public LearningParameters(ParameterMemory memory, Predicate<String> learns) {
    this.floats = memory.values().byteSize() / Float.BYTES;
    var learning = memory.parameters().stream().filter(p -> learns.test(p.name())).toList();
    int blocks = Math.toIntExact(learning.stream().mapToLong(LearningParameters::blocks).sum());
    this.from = new long[blocks];
    this.end = new long[blocks];
    int block = 0;
    for (Parameter parameter : learning) {
      long first = memory.offset(parameter.name()) / Float.BYTES;
      long last = first + parameter.size();
      for (long at = first; at < last; at += BLOCK) {
        from[block] = at;
        end[block] = Math.min(at + BLOCK, last);
        block++;
      }
    }
  }

  private static long blocks(Parameter parameter) {
    return Math.ceilDiv(parameter.size(), BLOCK);
  }

  /** {@return the floats of all parameters, gaps and those that do not learn included} */
  long floats() {
    return floats;
  }

  /** {@return the number of blocks} */
  int blocks() {
    return from.length;
  }

  /** The first float of a block. */
  long from(int block) {
    return from[block];
  }

  /** The float behind a block. */
  long end(int block) {
    return end[block];
  }
}

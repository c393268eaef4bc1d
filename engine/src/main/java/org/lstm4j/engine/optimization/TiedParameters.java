// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.gradient.ParameterMemory;

/**
 * Parameters that are one, as a tensor that several modules share in PyTorch: the first of each
 * group learns, from the gradients of all, and the others follow it. Used by one thread at a time;
 * allocates nothing after the start.
 */
public final class TiedParameters {
  private final List<Pair> pairs = new ArrayList<>();
  private final Set<String> followers = new HashSet<>();

  private record Pair(
      MemorySegment leader,
      MemorySegment follower,
      MemorySegment ofLeader,
      MemorySegment ofFollower) {}

  /**
   * Finds them.
   *
   * @param groups names of each
   * @throws IllegalArgumentException if a name is unknown or there twice, or if shapes differ
   */
  public TiedParameters(ParameterMemory memory, List<List<String>> groups) {
    Set<String> seen = new HashSet<>();
    for (List<String> group : groups) {
      for (String name : group) {
        requireFit(memory, group.getFirst(), name);
        if (!seen.add(name)) {
          throw new IllegalArgumentException("'" + name + "' is tied twice");
        }
      }
      for (String name : group.subList(1, group.size())) {
        followers.add(name);
        pairs.add(
            new Pair(
                memory.values(group.getFirst()),
                memory.values(name),
                memory.gradients(group.getFirst()),
                memory.gradients(name)));
      }
    }
  }

  private static void requireFit(ParameterMemory memory, String first, String name) {
    List<Long> expected = shape(memory, first);
    List<Long> actual = shape(memory, name);
    if (!actual.equals(expected)) {
      throw new IllegalArgumentException(
          "'%s' and '%s' cannot be tied: they are %s and %s"
              .formatted(first, name, expected, actual));
    }
  }

  private static List<Long> shape(ParameterMemory memory, String name) {
    return memory.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::shape)
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'%s' cannot be tied: it is no parameter; there are %s"
                    .formatted(name, memory.parameters().stream().map(Parameter::name).toList())));
  }

  /** {@return whether a parameter follows another one} */
  public boolean follows(String name) {
    return followers.contains(name);
  }

  /** Adds the gradients of those that follow to the gradient of the one that learns. */
  public void addGradients() {
    for (Pair pair : pairs) {
      long floats = pair.ofLeader.byteSize() / Float.BYTES;
      for (long i = 0; i < floats; i++) {
        float sum =
            pair.ofLeader.getAtIndex(JAVA_FLOAT, i) + pair.ofFollower.getAtIndex(JAVA_FLOAT, i);
        pair.ofLeader.setAtIndex(JAVA_FLOAT, i, sum);
      }
    }
  }

  /** {@return whether any others have the values now of the one that learns} */
  public boolean copyValues() {
    for (Pair pair : pairs) {
      pair.follower.copyFrom(pair.leader);
    }
    return !pairs.isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Turns values of a pickle into those that {@link org.lstm4j.tools.SavedModule} shows. Not
 * thread-safe.
 */
final class PlainValues {
  private static final int MAX_DEPTH = 4;
  private static final int MAX_ITEMS = 1000;

  // Of all lists together: different lists may share what is in them.
  private static final int MAX_ITEMS_IN_ALL = 500_000;

  private static final int MAX_TEXT = 1000;

  // A list that many attributes share is copied once.
  private final IdentityHashMap<Object, Optional<Plain>> lists = new IdentityHashMap<>();

  private int itemsLeft = MAX_ITEMS_IN_ALL;

  /** A plain value, which may be {@code null}. */
  record Plain(Object value) {}

  /** The value; empty if it is of another kind, too long, or nested too deep. */
  Optional<Plain> convert(Object value) {
    return switch (value) {
      case null -> Optional.of(new Plain(null));
      case Long _, Double _, Boolean _ -> Optional.of(new Plain(value));
      case Integer number -> Optional.of(new Plain((long) number));
      case String text when text.length() <= MAX_TEXT -> Optional.of(new Plain(text));
      case List<?> list -> lists.computeIfAbsent(value, _ -> list(list));
      case Object[] tuple -> lists.computeIfAbsent(value, _ -> list(Arrays.asList(tuple)));
      default -> Optional.empty();
    };
  }

  private Optional<Plain> list(List<?> list) {
    int most = Math.min(MAX_ITEMS, itemsLeft);
    int[] left = {most};
    Object copy = copy(list, MAX_DEPTH, left);
    itemsLeft -= most - Math.max(0, left[0]);
    return left[0] < 0 ? Optional.empty() : Optional.of(new Plain(copy));
  }

  /**
   * A copy of a list.
   *
   * @param left how many items may be copied; made negative by whatever has no copy
   */
  private static Object copy(Object value, int depth, int[] left) {
    left[0] = depth == 0 ? -1 : left[0] - 1;
    if (left[0] < 0) {
      return null;
    }
    return switch (value) {
      case List<?> list -> copyItems(list, depth, left);
      case Object[] tuple -> copyItems(Arrays.asList(tuple), depth, left);
      case Integer number -> (long) number;
      case Long _, Double _, Boolean _ -> value;
      case String text when text.length() <= MAX_TEXT -> text;
      case null -> null;
      default -> {
        left[0] = -1;
        yield null;
      }
    };
  }

  private static List<Object> copyItems(List<?> list, int depth, int[] left) {
    List<Object> copy = new ArrayList<>();
    for (Object item : list) {
      if (left[0] < 0) {
        break;
      }
      copy.add(copy(item, depth - 1, left));
    }
    return Collections.unmodifiableList(copy);
  }
}

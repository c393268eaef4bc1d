// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionOptionsTest {
  @Test
  void aLargerBatchRaisesItsMaximum() {
    SessionOptions options = SessionOptions.defaults().withBatch(5);

    assertEquals(new SessionOptions(5, 5, 64, 1, Optional.empty()), options);
    assertEquals(new SessionOptions(2, 5, 64, 1, Optional.empty()), options.withBatch(2));
    assertEquals(
        new SessionOptions(5, 9, 3, 1, Optional.empty()), options.withMaxBatch(9).withMaxSteps(3));
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    SessionOptions options = SessionOptions.defaults();
    assertEquals(
        "batch and maxSteps must be positive, not 0 and 64",
        assertThrows(IllegalArgumentException.class, () -> options.withBatch(0)).getMessage());
    assertEquals(
        "batch and maxSteps must be positive, not 1 and -1",
        assertThrows(IllegalArgumentException.class, () -> options.withMaxSteps(-1)).getMessage());
    assertEquals(
        "threads must be positive, not 0",
        assertThrows(IllegalArgumentException.class, () -> options.withThreads(0)).getMessage());
    assertEquals(
        "maxBatch 2 is smaller than batch 3",
        assertThrows(IllegalArgumentException.class, () -> options.withBatch(3).withMaxBatch(2))
            .getMessage());
  }
}

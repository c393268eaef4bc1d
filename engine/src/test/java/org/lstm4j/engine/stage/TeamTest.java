// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class TeamTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void everyPartIsComputedOnce() {
    try (Team team = new Team(3)) {
      for (int i = 0; i < 10_000; i++) {
        AtomicIntegerArray parts = new AtomicIntegerArray(3);
        AtomicInteger expected = new AtomicInteger();
        team.run((index, count) -> {
          parts.incrementAndGet(index);
          expected.set(count);
        });
        for (int part = 0; part < expected.get(); part++) {
          assertEquals(1, parts.get(part));
        }
      }
    }
  }

  @Test
  void allThreadsTakePartOnceTheyAreAwake() {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    try (Team team = new Team(2)) {
      await(() -> {
        team.run((_, _) -> seen.add(Thread.currentThread()));
        return seen.size() == 2;
      });
    }
  }

  @Test
  void aParkedWorkerTakesPartInWhatLastsLongEnough() {
    try (Team team = new Team(2)) {
      awaitParked(team.workers());
      Set<Thread> seen = ConcurrentHashMap.newKeySet();
      team.run((index, _) -> {
        seen.add(Thread.currentThread());
        if (index == 0) {
          await(() -> seen.size() == 2);
        }
      });
      assertEquals(2, seen.size());
    }
  }

  @Test
  void whatAWorkerThrowsReachesTheCaller() {
    Thread caller = Thread.currentThread();
    try (Team team = new Team(2)) {
      Team.Task failing =
          (_, _) -> {
            if (!Thread.currentThread().equals(caller)) {
              throw new IllegalArgumentException("planted");
            }
          };
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  await(() -> {
                    team.run(failing);
                    return false;
                  }));
      assertEquals("planted", thrown.getCause().getMessage());
      team.run((_, _) -> {});
    }
  }

  @Test
  void idleWorkersParkAndEndWithTheTeam() {
    Team team = new Team(3);
    List<Thread> workers = team.workers();
    assertEquals(2, workers.size());

    awaitParked(workers);
    workers.forEach(worker -> assertTrue(worker.isDaemon()));
    team.close();

    await(() -> workers.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void aTeamOfOneHasNoWorkers() {
    try (Team team = new Team(1)) {
      assertTrue(team.workers().isEmpty());
      AtomicInteger parts = new AtomicInteger();
      team.run((_, count) -> parts.addAndGet(count));
      assertEquals(1, parts.get());
    }
  }

  private static void awaitParked(List<Thread> workers) {
    await(() -> workers.stream().allMatch(worker -> worker.getState() == Thread.State.WAITING));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean met = condition.getAsBoolean();
    while (!met) {
      assertFalse(System.nanoTime() > end, "waited in vain");
      Thread.onSpinWait();
      met = condition.getAsBoolean();
    }
  }
}

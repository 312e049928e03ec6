package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyWorkerRunsOncePerTask(int count) {
    try (var workers = new Workers(count)) {
      var runs = new AtomicIntegerArray(count);
      for (int task = 0; task < 10_000; task++) {
        workers.run(runs::incrementAndGet);
      }
      for (int w = 0; w < count; w++) {
        assertEquals(10_000, runs.get(w));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void sharesHoldEveryItemOnceAndAreCutAlike(int count) {
    try (var workers = new Workers(count)) {
      for (int n : new int[] {0, 1, 7, 8, 9, 100}) {
        var ends = new int[n];
        workers.share(n, 8, (worker, from, to) -> Arrays.fill(ends, from, to, to));
        var expected = new int[n];
        Arrays.setAll(expected, i -> Math.min(n, (i / 8 + 1) * 8));
        assertArrayEquals(expected, ends);
      }
    }
  }

  @Test
  void whoIsDoneHelpsTheOthers() {
    try (var workers = new Workers(2)) {
      var others = new CountDownLatch(9);
      workers.share(
          10,
          1,
          (worker, item, to) -> {
            if (item == 0) {
              waitFor(others); // among them those that this worker began with
            } else {
              others.countDown();
            }
          });
    }
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoSleepsIsWoken() throws InterruptedException {
    try (var workers = new Workers(2)) {
      var runs = new AtomicInteger();
      for (int task = 0; task < 5; task++) {
        Thread.sleep(5);
        workers.run(worker -> runs.incrementAndGet());
      }
      assertEquals(10, runs.get());
    }
  }

  /// Memory that the others work in may be freed once the failure is thrown.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFailureIsThrownOnceAllAreDone(int failing) {
    var failure = new IllegalStateException("worker " + failing);
    try (var workers = new Workers(3)) {
      var done = new AtomicInteger();
      var thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workers.run(worker -> {
                    if (worker == failing) {
                      throw failure;
                    }
                    pause();
                    done.incrementAndGet();
                  }));
      assertSame(failure, thrown);
      assertEquals(2, done.get());
      workers.run(worker -> done.incrementAndGet());
      assertEquals(5, done.get());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anInterruptStaysAndDisturbsNothing() {
    try (var workers = new Workers(2)) {
      var done = new AtomicInteger();
      Thread.currentThread().interrupt();
      workers.run(worker -> {
        if (worker == 1) {
          pause();
        }
        done.incrementAndGet();
      });
      assertTrue(Thread.interrupted());
      assertEquals(2, done.get());
    }
  }

  @Test
  void closingEndsTheThreads() throws InterruptedException {
    var threads = new ArrayList<Thread>();
    try (var workers = new Workers(3)) {
      workers.run(worker -> {
        synchronized (threads) {
          threads.add(Thread.currentThread());
        }
      });
    }
    threads.remove(Thread.currentThread());
    assertEquals(2, threads.size());
    for (var thread : threads) {
      thread.join(10_000);
      assertEquals(Thread.State.TERMINATED, thread.getState());
    }
  }
}

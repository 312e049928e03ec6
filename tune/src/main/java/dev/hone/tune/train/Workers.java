package dev.hone.tune.train;

import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/// A fixed crew of threads that each do one share of a step.
public final class Workers implements AutoCloseable {
  private final int count;
  private final ExecutorService threads;

  public Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got " + count);
    }
    this.count = count;
    this.threads =
        Executors.newFixedThreadPool(
            count, Thread.ofPlatform().daemon().name("hone-worker-", 0).factory());
  }

  public int count() {
    return count;
  }

  /// Runs `body(worker)` once per worker, `0 … count − 1`, and waits for all. The first failure is
  /// thrown on.
  void run(IntConsumer body) {
    var futures = new ArrayList<Future<?>>(count);
    for (int w = 0; w < count; w++) {
      int worker = w;
      futures.add(threads.submit(() -> body.accept(worker)));
    }
    RuntimeException failure = null;
    for (var future : futures) {
      try {
        future.get();
      } catch (ExecutionException e) {
        failure = failure != null ? failure : unchecked(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure =
            failure != null ? failure : new IllegalStateException("interrupted while training", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

package dev.hone.tensor;

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
  public void run(IntConsumer body) {
    var futures = new ArrayList<Future<?>>(count);
    for (int w = 0; w < count; w++) {
      int worker = w;
      futures.add(threads.submit(() -> body.accept(worker)));
    }
    // all are waited for, whatever happens: memory that they work in may be freed after this
    Throwable failure = null;
    boolean isInterrupted = false;
    for (var future : futures) {
      isInterrupted |= await(future);
      if (failure == null && future.state() == Future.State.FAILED) {
        failure = future.exceptionNow();
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    rethrow(failure);
  }

  /// Waits for the end, good or bad, and returns whether somebody interrupted the wait.
  private static boolean await(Future<?> future) {
    boolean isInterrupted = false;
    while (!future.isDone()) {
      try {
        future.get();
      } catch (ExecutionException e) {
        return isInterrupted;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    return isInterrupted;
  }

  private static void rethrow(Throwable failure) {
    switch (failure) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException runtime -> throw runtime;
      default -> throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

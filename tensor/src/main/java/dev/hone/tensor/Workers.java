package dev.hone.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/// A fixed crew of threads that each do one share of a task; the caller is one of them.
///
/// Decoding gives them a task every 50 µs or so. So who waits spins at first, and starting a task
/// costs about a microsecond; only after a while of nothing does it sleep.
///
/// One caller at a time, and no task within a task.
public final class Workers implements AutoCloseable {
  private static final long SPIN_NANOS = 200_000;

  /// Spins between two looks at the clock.
  private static final int SPINS = 64;

  /// Integers of a cache line.
  private static final int CACHE_LINE = 16;

  private final Thread[] others;
  private final AtomicInteger pending = new AtomicInteger();

  /// The next piece of each worker, a cache line each.
  private final AtomicIntegerArray next;

  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /// Who sleeps, the caller first; to wake one who doesn't costs as much as to start a task.
  private final AtomicIntegerArray asleep;

  private Thread caller;
  private IntConsumer task;
  private volatile int tasks;
  private volatile boolean isClosed;

  /// Some items of many.
  @FunctionalInterface
  public interface Share {
    /// Does items `from` to `to`.
    ///
    /// @param worker who does it, from 0: the owner of the scratch to use
    void run(int worker, int from, int to);
  }

  public Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got " + count);
    }
    others = new Thread[count - 1];
    next = new AtomicIntegerArray(count * CACHE_LINE);
    asleep = new AtomicIntegerArray(count * CACHE_LINE);
    for (int w = 1; w < count; w++) {
      int worker = w;
      others[w - 1] =
          Thread.ofPlatform().daemon().name("hone-worker-" + w).unstarted(() -> work(worker));
    }
    for (var other : others) {
      other.start();
    }
  }

  public int count() {
    return others.length + 1;
  }

  /// Runs `body(worker)` once per worker, `0 … count − 1`, and waits for all. The first failure is
  /// thrown on.
  public void run(IntConsumer body) {
    caller = Thread.currentThread();
    task = body;
    pending.set(others.length);
    tasks++; // publishes what was written above
    wakeOthers();
    attempt(body, 0);
    // all are waited for, whatever happens: memory that they work in may be freed after this
    await(0, () -> pending.get() == 0);
    rethrow(failure.getAndSet(null));
  }

  private void wakeOthers() {
    for (int w = 1; w < count(); w++) {
      wake(w, others[w - 1]);
    }
  }

  private void wake(int worker, Thread thread) {
    if (asleep.get(worker * CACHE_LINE) != 0) {
      LockSupport.unpark(thread);
    }
  }

  /// Shares `n` items out, `grain` of them at a time. How they are cut doesn't depend on the number
  /// of workers.
  ///
  /// Each worker has neighbouring items, which it does in their order, so that it goes on in memory
  /// where it was; who has done his own helps the others.
  public void share(int n, int grain, Share body) {
    if (n <= grain || others.length == 0) {
      for (int from = 0; from < n; from += grain) {
        body.run(0, from, Math.min(n, from + grain));
      }
      return;
    }
    int pieces = Math.ceilDiv(n, grain);
    for (int w = 0; w < count(); w++) {
      next.set(w * CACHE_LINE, firstPiece(w, pieces));
    }
    run(worker -> {
      for (int w = 0; w < count(); w++) {
        takeFrom(
            (worker + w) % count(),
            pieces,
            i -> {
              int from = i * grain;
              body.run(worker, from, Math.min(n, from + grain));
            });
      }
    });
  }

  /// The first of the pieces that a worker begins with.
  private int firstPiece(int worker, int pieces) {
    return (int) ((long) pieces * worker / count());
  }

  private void takeFrom(int owner, int pieces, IntConsumer piece) {
    int end = firstPiece(owner + 1, pieces);
    int at = owner * CACHE_LINE;
    for (int i = next.getAndIncrement(at); i < end; i = next.getAndIncrement(at)) {
      piece.accept(i);
    }
  }

  private void work(int worker) {
    int done = 0;
    while (true) {
      int last = done;
      await(worker, () -> tasks != last || isClosed);
      if (tasks == last) {
        return;
      }
      done++;
      attempt(task, worker);
      if (pending.decrementAndGet() == 0) {
        wake(0, caller);
      }
    }
  }

  private void attempt(IntConsumer body, int worker) {
    try {
      body.accept(worker);
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /// Spins, then sleeps; an interrupt doesn't end it and stays set.
  private void await(int worker, BooleanSupplier condition) {
    long start = System.nanoTime();
    for (int i = 1; !condition.getAsBoolean(); i++) {
      if (i % SPINS != 0 || System.nanoTime() - start < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        sleep(worker, condition);
      }
    }
  }

  private void sleep(int worker, BooleanSupplier condition) {
    asleep.set(worker * CACHE_LINE, 1);
    if (!condition.getAsBoolean()) { // else whoever made it true may not have seen the line above
      LockSupport.park(this);
    }
    asleep.set(worker * CACHE_LINE, 0);
  }

  private static void rethrow(Throwable failure) {
    switch (failure) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException runtime -> throw runtime;
      default -> throw new IllegalStateException(failure);
    }
  }

  /// Lets the threads go, after the task under way if there is one.
  @Override
  public void close() {
    isClosed = true;
    wakeOthers();
  }
}

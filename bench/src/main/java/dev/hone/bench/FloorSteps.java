package dev.hone.bench;

import dev.hone.tensor.Allocator;
import dev.hone.tune.data.MicroBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Steps that run the matrix products of training steps alone, on as many threads.
final class FloorSteps implements Steps, AutoCloseable {
  private final Work work;
  private final List<Floor> floors;
  private final ExecutorService threads;

  private FloorSteps(Work work, List<Floor> floors) {
    this.work = work;
    this.floors = floors;
    this.threads = Executors.newFixedThreadPool(floors.size());
  }

  static FloorSteps of(Subject subject, Work work, Allocator memory, int threads) {
    var size = work.size();
    var floors = new ArrayList<Floor>();
    for (int t = 0; t < threads; t++) {
      floors.add(new Floor(subject, memory, size.passTokens(), size.longest()));
    }
    return new FloorSteps(work, List.copyOf(floors));
  }

  /// Floating-point operations so far.
  long flops() {
    return floors.stream().mapToLong(Floor::flops).sum();
  }

  @Override
  public Outcome step(int step) {
    var passes = work.passes(step);
    var next = new AtomicInteger();
    var shares = floors.stream().map(floor -> share(floor, passes, next)).toList();
    try {
      for (var done : threads.invokeAll(shares)) {
        done.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return Outcome.NONE;
  }

  /// One thread's share: the next pass, as long as there is one.
  private Callable<Void> share(Floor floor, List<MicroBatch> passes, AtomicInteger next) {
    return () -> {
      for (int i = next.getAndIncrement(); i < passes.size(); i = next.getAndIncrement()) {
        run(floor, passes.get(i).examples());
      }
      return null;
    };
  }

  private void run(Floor floor, int[] examples) {
    var store = work.store();
    floor.pass(
        Arrays.stream(examples).map(store::length).toArray(),
        Arrays.stream(examples).map(store::trainedTokens).sum());
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}

package dev.hone.tune.train;

import dev.hone.model.decoder.DecoderGradients;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Adds the gradients of a batch's micro-batches along one fixed binary tree.
///
/// Float addition isn't associative, so the order of a sum is part of its result. Here leaf `i` is
/// micro-batch `i`, node `(level, i)` is the sum of `(level − 1, 2i)` and `(level − 1, 2i + 1)`,
/// and a node without a right half is its left one. Who computes which leaf, and when, doesn't
/// matter: any number of workers gives the same bits.
///
/// Leaves start in order and the worker that finishes the second half of a node adds the two. When
/// no buffer is free a worker waits: then at most one finished node per level is parked, so `1 +
/// levels` buffers always suffice.
final class GradientTree {
  private final Deque<DecoderGradients> free;
  private final Map<Long, DecoderGradients> parked = new HashMap<>();
  private int leaves;
  private int next;
  private DecoderGradients root;
  private boolean failed;

  /// Computes one leaf into a buffer that is all zero.
  interface Leaf {
    void compute(int leaf, int worker, DecoderGradients into);
  }

  GradientTree(List<DecoderGradients> buffers) {
    free = new ArrayDeque<>(buffers);
  }

  /// How many buffers a tree needs.
  static int buffers(int leaves, int workers) {
    int levels = 32 - Integer.numberOfLeadingZeros(Math.max(1, leaves) - 1);
    return Math.min(leaves, Math.max(workers, 1 + levels));
  }

  /// Runs all leaves and returns the sum; give it back with [#release].
  DecoderGradients sum(int numLeaves, Workers workers, Leaf leaf) {
    leaves = numLeaves;
    next = 0;
    root = null;
    failed = false;
    workers.run(worker -> work(worker, leaf));
    return root;
  }

  synchronized void release(DecoderGradients buffer) {
    free.add(buffer);
    notifyAll();
  }

  private void work(int worker, Leaf leaf) {
    try {
      for (var task = begin(); task.isPresent(); task = begin()) {
        var buffer = task.get().buffer();
        buffer.flat().clear();
        leaf.compute(task.get().leaf(), worker, buffer);
        finish(task.get().leaf(), buffer);
      }
    } catch (RuntimeException | Error e) {
      fail();
      throw e;
    }
  }

  private record Task(int leaf, DecoderGradients buffer) {}

  /// Takes a buffer first and only then the next leaf, so that leaves start in order. Empty when
  /// none is left.
  private synchronized Optional<Task> begin() {
    while (!failed && next < leaves && free.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while training", e);
      }
    }
    return failed || next == leaves
        ? Optional.empty()
        : Optional.of(new Task(next++, free.remove()));
  }

  private synchronized void fail() {
    failed = true;
    notifyAll();
  }

  /// Climbs as long as the other half is there; parks otherwise.
  private void finish(int leaf, DecoderGradients buffer) {
    int index = leaf;
    int width = leaves;
    for (int level = 0; width > 1; level++) {
      int sibling = index ^ 1;
      if (sibling < width) {
        var other = meet(level, index, sibling, buffer);
        if (other.isEmpty()) {
          return;
        }
        Elementwise.add(buffer.flat(), other.get().flat());
        release(other.get());
      }
      index >>= 1;
      width = (width + 1) >> 1;
    }
    root = buffer;
  }

  /// Takes the parked other half, or parks this one.
  private synchronized Optional<DecoderGradients> meet(
      int level, int index, int sibling, DecoderGradients buffer) {
    var other = Optional.ofNullable(parked.remove(key(level, sibling)));
    if (other.isEmpty()) {
      parked.put(key(level, index), buffer);
    }
    return other;
  }

  private static long key(int level, int index) {
    return ((long) level << 32) | index;
  }

  /// Buffers for a run.
  static List<DecoderGradients> allocate(int count, Supplier<DecoderGradients> make) {
    var buffers = new ArrayList<DecoderGradients>();
    for (int i = 0; i < count; i++) {
      buffers.add(make.get());
    }
    return buffers;
  }
}

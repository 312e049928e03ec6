package dev.hone.tune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Cuts an epoch's order into the batches of its steps, and a batch into micro-batches.
///
/// The cuts depend on the order and the rows alone, never on threads, so that the tree along which
/// gradients are added is the same for every number of workers.
public final class Batches {
  private Batches() {}

  /// Steps in an epoch; the last batch may be smaller.
  public static int perEpoch(int size, int batchSize) {
    return Math.ceilDiv(size, batchSize);
  }

  /// The examples of one step.
  ///
  /// @param order an epoch's order
  /// @param batch which step of the epoch, from 0
  /// @param batchSize examples per step
  public static int[] batch(int[] order, int batch, int batchSize) {
    if (batch < 0 || batch >= perEpoch(order.length, batchSize)) {
      throw new IndexOutOfBoundsException(
          "batch %d of %d".formatted(batch, perEpoch(order.length, batchSize)));
    }
    int from = batch * batchSize;
    return Arrays.copyOfRange(order, from, Math.min(order.length, from + batchSize));
  }

  /// Cuts a batch into micro-batches, each as full as the packing allows; a longer example stands
  /// alone.
  ///
  /// Examples stay in order. Where some begin alike and the packing lets them share that, they are
  /// sorted, so that such examples meet, and each costs what it does not share with the one before
  /// it.
  ///
  /// @param examples what to cut, in order
  public static List<MicroBatch> cut(int[] examples, TokenStore store, Packing packing) {
    if (packing.sharesPrefixes()) {
      int[] sorted = store.sorted(examples);
      int[] common = store.commonPrefixes(sorted);
      if (Arrays.stream(common).anyMatch(n -> n >= SharedPath.LEAST)) {
        return cut(sorted, common, store, packing.microBatchTokens());
      }
    }
    return cut(examples, new int[examples.length], store, packing.microBatchTokens());
  }

  /// @param common positions that each example has in common with the one before it
  private static List<MicroBatch> cut(
      int[] examples, int[] common, TokenStore store, int microBatchTokens) {
    var cut = new ArrayList<MicroBatch>();
    var path = new SharedPath(store.longest());
    int[] shared = new int[examples.length];
    long tokens = 0;
    int from = 0;
    for (int i = 0; i < examples.length; i++) {
      int length = store.length(examples[i]);
      shared[i] = path.shared(common[i]);
      if (i > from && tokens + length - shared[i] > microBatchTokens) {
        cut.add(microBatch(examples, shared, from, i));
        from = i;
        tokens = 0;
        shared[i] = 0;
      }
      path.follow(shared[i], length);
      tokens += length - shared[i];
    }
    if (from < examples.length) {
      cut.add(microBatch(examples, shared, from, examples.length));
    }
    return cut;
  }

  private static MicroBatch microBatch(int[] examples, int[] shared, int from, int to) {
    return new MicroBatch(
        Arrays.copyOfRange(examples, from, to), Arrays.copyOfRange(shared, from, to));
  }
}

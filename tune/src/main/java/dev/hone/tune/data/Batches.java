package dev.hone.tune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// Cuts an epoch's order into the batches of its steps, and a batch into micro-batches.
///
/// The cuts depend on the order and the lengths alone, never on threads, so that the tree along
/// which gradients are added is the same for every number of workers.
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

  /// Cuts a batch, in order, each micro-batch as full as `microBatchTokens` allows; a longer
  /// example stands alone.
  ///
  /// @param examples what to cut, in order
  /// @param length tokens of an example
  /// @param microBatchTokens tokens that a micro-batch may hold
  public static List<MicroBatch> cut(
      int[] examples, IntUnaryOperator length, int microBatchTokens) {
    var cut = new ArrayList<MicroBatch>();
    int from = 0;
    while (from < examples.length) {
      int to = end(examples, from, length, microBatchTokens);
      cut.add(new MicroBatch(Arrays.copyOfRange(examples, from, to)));
      from = to;
    }
    return cut;
  }

  private static int end(int[] examples, int from, IntUnaryOperator length, int microBatchTokens) {
    long tokens = length.applyAsInt(examples[from]);
    int to = from + 1;
    while (to < examples.length && tokens + length.applyAsInt(examples[to]) <= microBatchTokens) {
      tokens += length.applyAsInt(examples[to]);
      to++;
    }
    return to;
  }
}

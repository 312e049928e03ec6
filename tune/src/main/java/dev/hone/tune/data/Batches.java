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

  /// Cuts a batch, in order, into micro-batches of about one size, so that workers end a step
  /// together: an even number of them, four or a multiple of it where more than two are needed.
  ///
  /// @param examples what to cut, in order
  /// @param length tokens of an example
  /// @param microBatchTokens tokens that a micro-batch may hold; a longer example stands alone
  public static List<MicroBatch> cut(
      int[] examples, IntUnaryOperator length, int microBatchTokens) {
    var cut = new ArrayList<MicroBatch>();
    long left = Arrays.stream(examples).mapToLong(length::applyAsInt).sum();
    int partsLeft = parts(Math.ceilDiv(left, microBatchTokens));
    int from = 0;
    while (from < examples.length) {
      int to = from + 1;
      long tokens = length.applyAsInt(examples[from]);
      long share = left / Math.max(1, partsLeft--);
      while (to < examples.length) {
        long next = tokens + length.applyAsInt(examples[to]);
        if (next > microBatchTokens || next - share > share - tokens) {
          break; // too full, or further from its share than without
        }
        tokens = next;
        to++;
      }
      cut.add(new MicroBatch(Arrays.copyOfRange(examples, from, to)));
      left -= tokens;
      from = to;
    }
    return cut;
  }

  private static int parts(long needed) {
    return needed <= 2 ? 2 : Math.toIntExact(Math.ceilDiv(needed, 4L) * 4);
  }
}

package dev.hone.tune.data;

import dev.hone.model.decoder.PackedBatch;
import java.util.function.IntPredicate;

/// Fills a [PackedBatch] from a [TokenStore], into memory that is reused. One per thread.
public final class Packer {
  private final TokenStore store;
  private final int[] row;
  private final IntPredicate trained = this::isTrained;
  private int example;

  public Packer(TokenStore store) {
    this.store = store;
    row = new int[store.longest()];
  }

  /// A batch with room for every micro-batch that [Batches#cut] makes of these stores.
  ///
  /// @param longest tokens of the longest example
  /// @param microBatchTokens tokens that a micro-batch may hold
  public static PackedBatch allocate(int longest, int microBatchTokens) {
    int maxRows = Math.max(1, microBatchTokens / TokenStore.MIN_LENGTH);
    return new PackedBatch(Math.max(longest, microBatchTokens), maxRows);
  }

  /// Replaces what `batch` holds by the rows of a micro-batch.
  public void fill(PackedBatch batch, MicroBatch microBatch) {
    batch.clear();
    for (int i : microBatch.examples()) {
      example = i;
      store.readIds(i, row);
      batch.addRow(row, store.length(i), trained, store.targetBytes(i));
    }
  }

  private boolean isTrained(int token) {
    return store.isTrained(example, token);
  }
}

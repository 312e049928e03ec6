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

  /// Replaces what `batch` holds by the rows of a micro-batch.
  public void fill(PackedBatch batch, MicroBatch microBatch) {
    batch.clear();
    for (int r = 0; r < microBatch.size(); r++) {
      example = microBatch.examples()[r];
      store.readIds(example, row);
      batch.addRow(
          row, store.length(example), trained, store.targetBytes(example), microBatch.shared()[r]);
    }
  }

  private boolean isTrained(int token) {
    return store.isTrained(example, token);
  }
}

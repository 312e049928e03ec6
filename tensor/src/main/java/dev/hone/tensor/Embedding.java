package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// Looks up one row of a table per token.
public final class Embedding {
  private Embedding() {}

  /// `y[t] = table[ids[t]]`
  ///
  /// @param ids token ids, the first `n` in use
  /// @param table `(V, C)`
  /// @param y `(T, C)`, overwritten
  public static void forward(int[] ids, int n, Matrix table, Tensor y) {
    check(ids, n, table, y);
    for (int t = 0; t < n; t++) {
      switch (table) {
        case Tensor full ->
            MemorySegment.copy(full.data(), full.at(ids[t]), y.data(), y.at(t), y.at(1));
        case NarrowMatrix narrow -> narrow.widen(ids[t], 1, y.rows(t, t + 1));
      }
    }
  }

  /// `dtable[ids[t]] += dy[t]`, token after token, so that the order of sums is fixed.
  public static void backward(int[] ids, int n, Tensor dy, Tensor dtable) {
    check(ids, n, dtable, dy);
    for (int t = 0; t < n; t++) {
      Kernels.BEST.add(dtable.data(), dtable.at(ids[t]), dy.data(), dy.at(t), dy.cols());
    }
  }

  private static void check(int[] ids, int n, Matrix table, Tensor y) {
    Shapes.sameCols("embedding", table, y);
    Shapes.rows("embedding", y, n);
    for (int t = 0; t < n; t++) {
      if (ids[t] < 0 || ids[t] >= table.rows()) {
        throw new ShapeException(
            "embedding", "id %d is outside the table's %d rows".formatted(ids[t], table.rows()));
      }
    }
  }
}

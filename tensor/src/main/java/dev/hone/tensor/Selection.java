package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// Some rows of a matrix laid side by side, and their gradients put back in their places.
public final class Selection {
  private Selection() {}

  /// `y[i] = x[rows[i]]`
  ///
  /// @param rows in ascending order, the first `n` in use
  /// @param y `(T, C)`, its first `n` rows overwritten; may be `x` itself
  public static void forward(Tensor x, int[] rows, int n, Tensor y) {
    check(x, rows, n);
    Shapes.sameCols("selection", x, y);
    Shapes.rows("selection", y, n);
    for (int i = 0; i < n; i++) {
      MemorySegment.copy(x.data(), x.at(rows[i]), y.data(), y.at(i), y.at(1));
    }
  }

  /// In place: row `i` of the first `n` goes to row `rows[i]`, and the others of `all` rows are
  /// zero.
  ///
  /// @param rows in ascending order, the first `n` in use
  public static void backward(Tensor dx, int[] rows, int n, int all) {
    check(dx, rows, n);
    int end = all;
    for (int i = n - 1; i >= 0; i--) {
      clear(dx, rows[i] + 1, end);
      MemorySegment.copy(dx.data(), dx.at(i), dx.data(), dx.at(rows[i]), dx.at(1));
      end = rows[i];
    }
    clear(dx, 0, end);
  }

  private static void clear(Tensor x, int from, int to) {
    for (int t = from; t < to; t++) {
      Kernels.BEST.clear(x.data(), x.at(t), x.cols());
    }
  }

  private static void check(Tensor x, int[] rows, int n) {
    for (int i = 0; i < n; i++) {
      if (rows[i] <= (i == 0 ? -1 : rows[i - 1])) {
        throw new ShapeException("selection", "row %d is not above the one before".formatted(i));
      }
    }
    Shapes.rows("selection", x, n == 0 ? 0 : rows[n - 1] + 1L);
  }
}

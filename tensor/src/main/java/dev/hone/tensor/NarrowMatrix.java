package dev.hone.tensor;

/// A matrix whose elements take less than four bytes each, to be read.
public sealed interface NarrowMatrix extends Matrix permits RoundedMatrix, BlockMatrix {
  /// One row of `x` times rows of the matrix as they stream by, never widened: `y[t, from:to] =
  /// x[t]·w[from:to]ᵀ + beta · y[t, from:to]`. An output's bits don't depend on the others asked
  /// for.
  ///
  /// @param x `(T, cols)`
  /// @param y `(T, rows)`
  void multiply(Tensor x, int t, long from, long to, float beta, Tensor y);

  /// Refuses operands that do not fit the rows `from` to `to`.
  default void requireFit(String operation, Tensor x, int t, long from, long to, Tensor y) {
    if (t < 0 || t >= x.rows() || t >= y.rows() || x.cols() != cols() || y.cols() != rows()) {
      throw new ShapeException(
          operation,
          "row %d of x %s, w %s and y %s do not fit".formatted(t, x.shape(), shape(), y.shape()));
    }
    if (from < 0 || to < from || to > rows()) {
      throw new ShapeException(
          operation, "rows %d to %d are not in %s".formatted(from, to, shape()));
    }
  }

  /// Refuses rows that are not there, or as wide as something else.
  default void requireRows(String operation, long from, long n, Tensor x) {
    Shapes.sameCols(operation, this, x);
    Shapes.rows(operation, x, n);
    if (from < 0 || from + n > rows()) {
      throw new ShapeException(
          operation, "rows %d to %d are not in %s".formatted(from, from + n, shape()));
    }
  }
}

package dev.hone.tensor;

/// A matrix whose elements take less than four bytes each: written once, row by row, then read.
public sealed interface NarrowMatrix extends Matrix permits Bf16Matrix, Int8Matrix {
  /// Rounds the rows of `x` and stores them from row `from` on.
  void put(Tensor x, long from);

  /// Writes rows `from` to `from + n` into the first `n` rows of `y`, as float32.
  void widen(long from, int n, Tensor y);

  @Override
  default String shape() {
    return "(%d, %d)".formatted(rows(), cols());
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

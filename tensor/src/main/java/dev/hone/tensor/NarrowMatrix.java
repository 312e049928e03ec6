package dev.hone.tensor;

/// A matrix whose elements take less than four bytes each, to be read.
public sealed interface NarrowMatrix extends Matrix permits RoundedMatrix, BlockMatrix {
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

package dev.hone.tensor;

/// A [NarrowMatrix] that is written once, row by row.
public sealed interface RoundedMatrix extends NarrowMatrix permits Bf16Matrix, Int8Matrix {
  /// Rounds the rows of `x` and stores them from row `from` on.
  void put(Tensor x, long from);
}

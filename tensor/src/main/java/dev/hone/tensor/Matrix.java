package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// A matrix `(rows, cols)` outside the heap, in one of the forms that weights are kept in.
///
/// What is computed with and what is trained is a [Tensor]; the others take less memory and are
/// only read.
public sealed interface Matrix permits Tensor, NarrowMatrix {
  /// Its elements, row after row.
  MemorySegment data();

  long rows();

  int cols();

  /// Writes rows `from` to `from + n` into the first `n` rows of `y`, as float32.
  void widen(long from, int n, Tensor y);

  /// Such as `(576, 1536)`.
  default String shape() {
    return "(%d, %d)".formatted(rows(), cols());
  }
}

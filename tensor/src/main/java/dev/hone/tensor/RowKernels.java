package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// Products of a matrix's rows with one vector, where reading the rows is nearly all the work.
///
/// Four rows go side by side, each `apart` rows behind the last: a processor fetches memory ahead
/// in four streams faster than in one. With `apart` 0 one row goes four times over, and gives the
/// same bits as in any company.
///
/// They come in twos as [Kernels] do. Rows lie end to end, from the start of their memory; callers
/// check bounds before they come here.
sealed interface RowKernels permits ScalarRowKernels, VectorRowKernels {
  /// Rows that go side by side.
  int STREAMS = 4;

  /// The vector kernels where the module is there, else the scalar ones.
  RowKernels BEST =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
          ? new VectorRowKernels()
          : new ScalarRowKernels();

  /// `y[i] = Σ w[i]·x + beta · y[i]` for `i = first + r + s · apart`, `r < rows`, `s < 4`.
  ///
  /// @param n elements of a row
  void dotF32(
      MemorySegment w,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y);

  /// The same with rows in bfloat16.
  void dotBf16(
      MemorySegment w,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y);

  /// The same with rows in bytes, each of which has its scale: `y[i] = scales[i] · Σ q[i]·x + beta
  /// · y[i]`.
  void dotInt8(
      MemorySegment q,
      MemorySegment scales,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y);

  /// Whether there is [#dotQ8]: short vectors would read beyond a block.
  boolean takesQ8();

  /// The same with rows in blocks of [BlockType#Q8_0].
  ///
  /// @param pairedRows which row is stored where, as of a [BlockMatrix]; `first` and `apart` count
  ///   as rows are stored
  void dotQ8(
      MemorySegment w,
      int pairedRows,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y);
}

package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// The inner loops between float32 and fewer bits, each over one contiguous run.
///
/// They come in twos as [Kernels] do. Offsets are in bytes, counts in elements; callers check
/// bounds before they come here.
sealed interface NarrowKernels permits ScalarNarrowKernels, VectorNarrowKernels {
  /// The vector kernels where the module is there, else the scalar ones.
  NarrowKernels BEST =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
          ? new VectorNarrowKernels()
          : new ScalarNarrowKernels();

  /// `max |x|`; NaN where any element is NaN, else infinity where any is infinite.
  float largest(MemorySegment x, long xAt, int n);

  /// `q = round(x · inverse)`, ties to even, each within a byte.
  void toInt8(MemorySegment x, long xAt, int n, float inverse, MemorySegment q, long qAt);

  /// `y = q · scale`
  void fromInt8(MemorySegment q, long qAt, int n, float scale, MemorySegment y, long yAt);

  /// `y = x` from bfloat16; exact.
  void fromBf16(MemorySegment x, long xAt, int n, MemorySegment y, long yAt);

  /// `x ← x − q · scale`: what rounding to `q` has left.
  void remainder(MemorySegment q, long qAt, int n, float scale, MemorySegment x, long xAt);

  /// `y = x · w`
  void multiply(MemorySegment x, long xAt, MemorySegment w, long wAt, int n, MemorySegment y);

  /// `y = sums · factor · w + beta · y`, from sums in 32-bit integers; `y` may be the same memory
  /// where `beta` is 0.
  void rescale(
      MemorySegment sums,
      long sumsAt,
      int n,
      float factor,
      MemorySegment w,
      float beta,
      MemorySegment y,
      long yAt);

  /// `y = sums · factor + beta · y`
  void rescale(
      MemorySegment sums, long sumsAt, int n, float factor, float beta, MemorySegment y, long yAt);
}

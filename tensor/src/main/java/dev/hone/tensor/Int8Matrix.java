package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// A matrix in 8 bits, `q · scale` with one scale per row, row-major; it does not own the memory.
///
/// A row's scale is its largest magnitude over 63, so that zero stays zero and every element is
/// within half a step of what it was. There is no offset: a product with other bytes is then a
/// plain integer product, times both scales. Half of a byte's range is left free because processors
/// without 8-bit dot products add products in pairs of 16 bits: a full byte times such a weight,
/// twice, still fits.
///
/// @param data `rows · cols` bytes, each within ±63
/// @param scales `rows` elements
public record Int8Matrix(MemorySegment data, Tensor scales, long rows, int cols)
    implements RoundedMatrix {
  /// The largest magnitude of a weight.
  static final int LARGEST = 63;

  /// The largest of what a weight is multiplied with: -128 is left out, so that signs are
  /// symmetric.
  static final int LARGEST_OPERAND = 127;

  /// What is smaller than this counts as zero: its inverse would not be a number.
  private static final float SMALLEST = 1e-30f;

  public Int8Matrix {
    if (!data.equals(MemorySegment.NULL) && data.byteSize() < rows * cols) {
      throw new ShapeException(
          "int8 matrix",
          "(%d, %d) needs %d bytes, got %d".formatted(rows, cols, rows * cols, data.byteSize()));
    }
  }

  public static Int8Matrix allocate(Allocator memory, String name, long rows, int cols) {
    return new Int8Matrix(
        memory.bytes(name, rows * cols), memory.f32(name, 1, Math.toIntExact(rows)), rows, cols);
  }

  /// Where row `r` starts, in bytes.
  long at(long r) {
    return r * cols;
  }

  /// The scale of row `r`.
  float scale(long r) {
    return scales.data().get(JAVA_FLOAT_UNALIGNED, r * Float.BYTES);
  }

  /// Rounds `n` elements to bytes within `±limit` and returns their scale; it is no number where
  /// one of them is none, so that nothing is hidden.
  static float round(MemorySegment x, long xAt, int n, int limit, MemorySegment q, long qAt) {
    float largest = NarrowKernels.BEST.largest(x, xAt, n);
    float inverse = largest < SMALLEST ? 0f : limit / largest;
    NarrowKernels.BEST.toInt8(x, xAt, n, inverse, q, qAt);
    return largest < SMALLEST ? 0f : largest / limit;
  }

  @Override
  public void put(Tensor x, long from) {
    requireRows("put", from, x.rows(), x);
    for (long r = 0; r < x.rows(); r++) {
      float scale = round(x.data(), x.at(r), cols, LARGEST, data, at(from + r));
      scales.data().set(JAVA_FLOAT_UNALIGNED, (from + r) * Float.BYTES, scale);
    }
  }

  @Override
  public void widen(long from, int n, Tensor y) {
    requireRows("widen", from, n, y);
    for (int r = 0; r < n; r++) {
      NarrowKernels.BEST.fromInt8(data, at(from + r), cols, scale(from + r), y.data(), y.at(r));
    }
  }
}

package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// A matrix in bfloat16: the upper half of each float32's bits, row-major; it does not own the
/// memory.
///
/// @param data `2 · rows · cols` bytes, in this machine's byte order
public record Bf16Matrix(MemorySegment data, long rows, int cols) implements RoundedMatrix {
  public static Bf16Matrix allocate(Allocator memory, String name, long rows, int cols) {
    return new Bf16Matrix(memory.bytes(name, rows * cols * Short.BYTES), rows, cols);
  }

  /// The upper half of the bits, rounded to nearest, ties to even. A NaN stays one: rounding could
  /// carry it to infinity.
  public static short round(float x) {
    int bits = Float.floatToRawIntBits(x);
    if (Float.isNaN(x)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  /// Where row `r` starts, in bytes.
  long at(long r) {
    return r * cols * Short.BYTES;
  }

  @Override
  public void put(Tensor x, long from) {
    requireRows("put", from, x.rows(), x);
    for (long i = 0; i < x.size(); i++) {
      float value = x.data().get(JAVA_FLOAT_UNALIGNED, i * Float.BYTES);
      data.set(JAVA_SHORT_UNALIGNED, at(from) + i * Short.BYTES, round(value));
    }
  }

  @Override
  public void widen(long from, int n, Tensor y) {
    requireRows("widen", from, n, y);
    for (int r = 0; r < n; r++) {
      NarrowKernels.BEST.fromBf16(data, at(from + r), cols, y.data(), y.at(r));
    }
  }
}

package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// The definition of every kernel: one element after the other, sums in double.
final class ScalarNarrowKernels implements NarrowKernels {
  private static float at(MemorySegment x, long offset, int i) {
    return x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
  }

  private static void put(MemorySegment x, long offset, int i, float value) {
    x.set(JAVA_FLOAT_UNALIGNED, offset + 4L * i, value);
  }

  private static float bf16(MemorySegment x, long offset, int i) {
    return Float.intBitsToFloat(x.get(JAVA_SHORT_UNALIGNED, offset + 2L * i) << 16);
  }

  @Override
  public float largest(MemorySegment x, long xAt, int n) {
    float largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(at(x, xAt, i)));
    }
    return largest;
  }

  @Override
  public void toInt8(MemorySegment x, long xAt, int n, float inverse, MemorySegment q, long qAt) {
    for (int i = 0; i < n; i++) {
      q.set(JAVA_BYTE, qAt + i, (byte) Math.rint(at(x, xAt, i) * inverse));
    }
  }

  @Override
  public void fromInt8(MemorySegment q, long qAt, int n, float scale, MemorySegment y, long yAt) {
    for (int i = 0; i < n; i++) {
      put(y, yAt, i, q.get(JAVA_BYTE, qAt + i) * scale);
    }
  }

  @Override
  public void fromBf16(MemorySegment x, long xAt, int n, MemorySegment y, long yAt) {
    for (int i = 0; i < n; i++) {
      put(y, yAt, i, bf16(x, xAt, i));
    }
  }

  @Override
  public void remainder(MemorySegment q, long qAt, int n, float scale, MemorySegment x, long xAt) {
    for (int i = 0; i < n; i++) {
      put(x, xAt, i, at(x, xAt, i) - q.get(JAVA_BYTE, qAt + i) * scale);
    }
  }

  @Override
  public void multiply(
      MemorySegment x, long xAt, MemorySegment w, long wAt, int n, MemorySegment y) {
    for (int i = 0; i < n; i++) {
      put(y, 0, i, at(x, xAt, i) * at(w, wAt, i));
    }
  }

  @Override
  public void rescale(
      MemorySegment sums,
      long sumsAt,
      int n,
      float factor,
      MemorySegment w,
      float beta,
      MemorySegment y,
      long yAt) {
    for (int i = 0; i < n; i++) {
      float sum = sums.get(JAVA_INT_UNALIGNED, sumsAt + 4L * i);
      float old = beta == 0 ? 0 : beta * at(y, yAt, i);
      put(y, yAt, i, sum * factor * at(w, 0, i) + old);
    }
  }

  @Override
  public void rescale(
      MemorySegment sums, long sumsAt, int n, float factor, float beta, MemorySegment y, long yAt) {
    for (int i = 0; i < n; i++) {
      float sum = sums.get(JAVA_INT_UNALIGNED, sumsAt + 4L * i);
      float old = beta == 0 ? 0 : beta * at(y, yAt, i);
      put(y, yAt, i, sum * factor + old);
    }
  }
}

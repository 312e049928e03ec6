package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// The definition: row by row, summed in double.
final class ScalarRowKernels implements RowKernels {
  /// Element `i` of row `row`, as it is stored.
  private interface Element {
    double at(long row, int i);
  }

  @Override
  public void dotF32(
      MemorySegment w,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    Element element = (r, i) -> w.get(JAVA_FLOAT_UNALIGNED, 4 * (r * n + i));
    dot(element, null, first, rows, apart, x, n, beta, y);
  }

  @Override
  public void dotBf16(
      MemorySegment w,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    Element element =
        (r, i) -> Float.intBitsToFloat(w.get(JAVA_SHORT_UNALIGNED, 2 * (r * n + i)) << 16);
    dot(element, null, first, rows, apart, x, n, beta, y);
  }

  @Override
  public void dotInt8(
      MemorySegment q,
      MemorySegment scales,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    Element element = (r, i) -> q.get(JAVA_BYTE, r * n + i);
    dot(element, scales, first, rows, apart, x, n, beta, y);
  }

  /// @param scales null where rows have none
  private static void dot(
      Element w,
      MemorySegment scales,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    int streams = apart == 0 ? 1 : STREAMS;
    for (int s = 0; s < streams; s++) {
      long from = first + (long) s * apart;
      for (long r = from; r < from + rows; r++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += w.at(r, i) * x.get(JAVA_FLOAT_UNALIGNED, 4L * i);
        }
        double scale = scales == null ? 1 : scales.get(JAVA_FLOAT_UNALIGNED, 4 * r);
        double old = beta == 0 ? 0 : (double) beta * y.get(JAVA_FLOAT_UNALIGNED, 4 * r);
        y.set(JAVA_FLOAT_UNALIGNED, 4 * r, (float) (scale * sum + old));
      }
    }
  }
}

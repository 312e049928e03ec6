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
      long wAt,
      int rows,
      int apart,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt) {
    Element element = (r, i) -> w.get(JAVA_FLOAT_UNALIGNED, wAt + 4 * (r * n + i));
    dot(element, null, 0, rows, apart, x, xAt, n, beta, y, yAt);
  }

  @Override
  public void dotBf16(
      MemorySegment w,
      long wAt,
      int rows,
      int apart,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt) {
    Element element =
        (r, i) -> Float.intBitsToFloat(w.get(JAVA_SHORT_UNALIGNED, wAt + 2 * (r * n + i)) << 16);
    dot(element, null, 0, rows, apart, x, xAt, n, beta, y, yAt);
  }

  @Override
  public void dotInt8(
      MemorySegment q,
      long qAt,
      MemorySegment scales,
      long scalesAt,
      int rows,
      int apart,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt) {
    Element element = (r, i) -> q.get(JAVA_BYTE, qAt + r * n + i);
    dot(element, scales, scalesAt, rows, apart, x, xAt, n, beta, y, yAt);
  }

  /// @param scales null where rows have none
  private static void dot(
      Element w,
      MemorySegment scales,
      long scalesAt,
      int rows,
      int apart,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt) {
    int streams = apart == 0 ? 1 : STREAMS;
    for (int s = 0; s < streams; s++) {
      for (long r = (long) s * apart; r < (long) s * apart + rows; r++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += w.at(r, i) * x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
        }
        double scale = scales == null ? 1 : scales.get(JAVA_FLOAT_UNALIGNED, scalesAt + 4 * r);
        double old = beta == 0 ? 0 : (double) beta * y.get(JAVA_FLOAT_UNALIGNED, yAt + 4 * r);
        y.set(JAVA_FLOAT_UNALIGNED, yAt + 4 * r, (float) (scale * sum + old));
      }
    }
  }
}

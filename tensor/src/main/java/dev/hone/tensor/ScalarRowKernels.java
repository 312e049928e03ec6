package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.function.LongUnaryOperator;

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
    dot(element, null, first, rows, apart, x, n, beta, LongUnaryOperator.identity(), y);
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
    dot(element, null, first, rows, apart, x, n, beta, LongUnaryOperator.identity(), y);
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
    dot(element, scales, first, rows, apart, x, n, beta, LongUnaryOperator.identity(), y);
  }

  @Override
  public void dotQ8(
      MemorySegment w,
      int pairedRows,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    Element element =
        (place, i) -> {
          long block = 34 * ((place * n + i) / 32);
          float scale = Float.float16ToFloat(w.get(JAVA_SHORT_UNALIGNED, block));
          return (double) scale * w.get(JAVA_BYTE, block + 2 + i % 32);
        };
    LongUnaryOperator output = place -> BlockMatrix.rowStoredAt(place, pairedRows);
    dot(element, null, first, rows, apart, x, n, beta, output, y);
  }

  @Override
  public boolean takesQ8() {
    return true;
  }

  /// @param scales null where rows have none
  /// @param output where a row's output goes
  private static void dot(
      Element w,
      MemorySegment scales,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      LongUnaryOperator output,
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
        long yAt = 4 * output.applyAsLong(r);
        double old = beta == 0 ? 0 : (double) beta * y.get(JAVA_FLOAT_UNALIGNED, yAt);
        y.set(JAVA_FLOAT_UNALIGNED, yAt, (float) (scale * sum + old));
      }
    }
  }
}

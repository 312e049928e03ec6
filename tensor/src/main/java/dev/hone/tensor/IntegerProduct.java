package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Products of matrices in bytes, summed in 32 bits without any rounding.
public interface IntegerProduct {
  /// The definition, one element after the other.
  IntegerProduct PLAIN = IntegerProduct::plain;

  /// `c = a · op(b)`, with `a` of `(m, k)` in bytes within ±127, `op(b)` of `(k, n)` in bytes
  /// within ±63, and `c` of `(m, n)` in 32-bit integers.
  ///
  /// Each operand is a matrix with `ld` elements from row to row, starting at a byte of its memory;
  /// whoever calls has checked that it ends there, too.
  void multiply(
      boolean transB,
      int m,
      int n,
      int k,
      MemorySegment a,
      long aAt,
      int lda,
      MemorySegment b,
      long bAt,
      int ldb,
      MemorySegment c,
      long cAt,
      int ldc);

  /// The library's 8-bit product, where the processor is faster at it than at float32 and its sums
  /// are exact.
  static Optional<IntegerProduct> fast() {
    return Fast.FOUND;
  }

  /// Looked for once.
  final class Fast {
    /// Long enough for every kernel's inner loop, and divided by none.
    private static final int SIZE = 77;

    private static final Optional<IntegerProduct> FOUND = find();

    private Fast() {}

    private static Optional<IntegerProduct> find() {
      return MatrixProduct.LIBRARY instanceof OneDnn dnn && OneDnn.hasAvx2() && isExact(dnn)
          ? Optional.of(dnn)
          : Optional.empty();
    }

    /// Whether sums of the largest products come out right: without dot products, pairs of them are
    /// added in 16 bits, which saturate.
    static boolean isExact(IntegerProduct product) {
      try (var arena = Arena.ofConfined()) {
        var a = arena.allocate(SIZE * SIZE);
        var b = arena.allocate(SIZE * SIZE);
        var c = arena.allocate(SIZE * SIZE * Integer.BYTES);
        var expected = arena.allocate(SIZE * SIZE * Integer.BYTES);
        for (int i = 0; i < SIZE * SIZE; i++) {
          a.set(
              JAVA_BYTE,
              i,
              (byte) (i % 3 == 0 ? -Int8Matrix.LARGEST_OPERAND : Int8Matrix.LARGEST_OPERAND));
          b.set(JAVA_BYTE, i, (byte) (i % 5 == 0 ? -Int8Matrix.LARGEST : Int8Matrix.LARGEST));
        }
        for (boolean transB : new boolean[] {false, true}) {
          product.multiply(transB, SIZE, SIZE, SIZE, a, 0, SIZE, b, 0, SIZE, c, 0, SIZE);
          PLAIN.multiply(transB, SIZE, SIZE, SIZE, a, 0, SIZE, b, 0, SIZE, expected, 0, SIZE);
          if (c.mismatch(expected) >= 0) {
            return false;
          }
        }
        return true;
      }
    }
  }

  private static void plain(
      boolean transB,
      int m,
      int n,
      int k,
      MemorySegment a,
      long aAt,
      int lda,
      MemorySegment b,
      long bAt,
      int ldb,
      MemorySegment c,
      long cAt,
      int ldc) {
    for (long i = 0; i < m; i++) {
      for (long j = 0; j < n; j++) {
        int sum = 0;
        for (long l = 0; l < k; l++) {
          long at = bAt + (transB ? j * ldb + l : l * ldb + j);
          sum += a.get(JAVA_BYTE, aAt + i * lda + l) * b.get(JAVA_BYTE, at);
        }
        c.set(JAVA_INT_UNALIGNED, cAt + (i * ldc + j) * Integer.BYTES, sum);
      }
    }
  }
}

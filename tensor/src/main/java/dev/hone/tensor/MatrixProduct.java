package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// Float32 products through a native library, each on the calling thread alone: callers bring the
/// threads.
///
/// Pointers go over as plain addresses (`long`), which costs no scope check per call; the bounds of
/// every operand are checked here before each call instead.
final class MatrixProduct {
  /// oneDNN where it comes with Hone, else OpenBLAS.
  static final Library LIBRARY =
      Platform.NAME.equals("linux-x86_64") ? new OneDnn() : new OpenBlas();

  private MatrixProduct() {}

  /// A library that multiplies row-major matrices.
  sealed interface Library permits OneDnn, OpenBlas {
    /// As [MatrixProduct#sgemm], by address and without any check.
    void sgemm(
        boolean transA,
        boolean transB,
        int m,
        int n,
        int k,
        float alpha,
        long a,
        int lda,
        long b,
        int ldb,
        float beta,
        long c,
        int ldc);

    /// Name, version and the kernels chosen for this processor: what a product's bits depend on.
    String describe();
  }

  /// `c = alpha · op(a) · op(b) + beta · c`, with `op(a)` of `(m, k)`, `op(b)` of `(k, n)`, `c` of
  /// `(m, n)`.
  ///
  /// Each operand is a matrix with `ld` floats from row to row, starting `offset` bytes into its
  /// memory.
  static void sgemm(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      MemorySegment a,
      long aOffset,
      int lda,
      MemorySegment b,
      long bOffset,
      int ldb,
      float beta,
      MemorySegment c,
      long cOffset,
      int ldc) {
    if (m == 0 || n == 0) {
      return;
    }
    check("a", a, aOffset, transA ? k : m, transA ? m : k, lda);
    check("b", b, bOffset, transB ? n : k, transB ? k : n, ldb);
    check("c", c, cOffset, m, n, ldc);
    LIBRARY.sgemm(
        transA,
        transB,
        m,
        n,
        k,
        alpha,
        a.address() + aOffset,
        lda,
        b.address() + bOffset,
        ldb,
        beta,
        c.address() + cOffset,
        ldc);
  }

  private static void check(
      String which, MemorySegment x, long offset, int rows, int cols, int ld) {
    long end = offset + ((rows - 1L) * ld + cols) * Float.BYTES;
    if (rows > 0 && (ld < cols || offset < 0 || end > x.byteSize())) {
      throw new ShapeException(
          "product",
          "operand %s (%d, %d) with stride %d at byte %d leaves its %d bytes"
              .formatted(which, rows, cols, ld, offset, x.byteSize()));
    }
  }
}

package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// OpenBLAS's matrix product through the foreign-function API, single-threaded: callers bring the
/// threads.
///
/// Pointers go over as plain addresses (`long`), which costs no scope check per call; the bounds of
/// every operand are checked here before each call instead.
final class OpenBlas {
  static final String VERSION = "0.3.31";

  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANS = 111;
  private static final int TRANS = 112;

  private static final MethodHandle SGEMM;
  private static final String KERNEL;
  private static final String CONFIG;

  static {
    var library = NativeLibrary.open();
    SGEMM =
        NativeLibrary.function(
            library,
            "cblas_sgemm",
            FunctionDescriptor.ofVoid(
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_INT,
                JAVA_LONG,
                JAVA_INT,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_INT));
    var text = FunctionDescriptor.of(ADDRESS);
    try {
      NativeLibrary.function(
              library, "openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT))
          .invokeExact(1);
      KERNEL =
          string(
              (MemorySegment)
                  NativeLibrary.function(library, "openblas_get_corename", text).invokeExact());
      CONFIG =
          string(
              (MemorySegment)
                  NativeLibrary.function(library, "openblas_get_config", text).invokeExact());
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private OpenBlas() {}

  @SuppressWarnings("restricted")
  private static String string(MemorySegment cString) {
    return cString.reinterpret(1024).getString(0);
  }

  /// The kernel family that OpenBLAS chose for this processor, such as `SkylakeX`.
  static String kernel() {
    return KERNEL;
  }

  /// Version and build options, as OpenBLAS states them.
  static String config() {
    return CONFIG;
  }

  /// One operand: a matrix with `ld` floats from row to row, starting `offset` bytes into `data`.
  ///
  /// `c = alpha · op(a) · op(b) + beta · c`, with `op(a)` of `(m, k)`, `op(b)` of `(k, n)`, `c` of
  /// `(m, n)`.
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
    try {
      SGEMM.invokeExact(
          ROW_MAJOR,
          transA ? TRANS : NO_TRANS,
          transB ? TRANS : NO_TRANS,
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
    } catch (Throwable e) {
      throw new IllegalStateException("cblas_sgemm failed", e);
    }
  }

  private static void check(
      String which, MemorySegment x, long offset, int rows, int cols, int ld) {
    long end = offset + ((rows - 1L) * ld + cols) * Float.BYTES;
    if (rows > 0 && (ld < cols || offset < 0 || end > x.byteSize())) {
      throw new ShapeException(
          "sgemm",
          "operand %s (%d, %d) with stride %d at byte %d leaves its %d bytes"
              .formatted(which, rows, cols, ld, offset, x.byteSize()));
    }
  }
}

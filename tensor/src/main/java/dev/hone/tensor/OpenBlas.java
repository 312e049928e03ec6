package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// OpenBLAS's matrix product through the foreign-function API, single-threaded.
final class OpenBlas implements MatrixProduct.Library {
  static final String VERSION = "0.3.31";

  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANS = 111;
  private static final int TRANS = 112;

  private static final MethodHandle SGEMM;
  private static final String KERNEL;

  static {
    var library = new NativeLibrary("openblas", VERSION, files()).open();
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
    try {
      NativeLibrary.function(
              library, "openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT))
          .invokeExact(1);
      KERNEL =
          string(
              (MemorySegment)
                  NativeLibrary.function(
                          library, "openblas_get_corename", FunctionDescriptor.of(ADDRESS))
                      .invokeExact());
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static List<String> files() {
    if (Platform.IS_MAC) {
      return List.of(
          "libgcc_s.1.1.dylib",
          "libquadmath.0.dylib",
          "libgfortran.5.dylib",
          "libopenblas.0.dylib");
    }
    if (Platform.IS_WINDOWS) {
      return List.of(
          "libwinpthread-1.dll",
          "libgcc_s_seh-1.dll",
          "libquadmath-0.dll",
          "libgfortran-5.dll",
          "libopenblas.dll");
    }
    return List.of("libquadmath.so.0", "libgcc_s.so.1", "libgfortran.so.5", "libopenblas.so.0");
  }

  @SuppressWarnings("restricted")
  private static String string(MemorySegment cString) {
    return cString.reinterpret(1024).getString(0);
  }

  /// Such as `openblas 0.3.31 SkylakeX`.
  @Override
  public String describe() {
    return "openblas " + VERSION + " " + KERNEL;
  }

  @Override
  public void sgemm(
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
      int ldc) {
    try {
      SGEMM.invokeExact(
          ROW_MAJOR,
          transA ? TRANS : NO_TRANS,
          transB ? TRANS : NO_TRANS,
          m,
          n,
          k,
          alpha,
          a,
          lda,
          b,
          ldb,
          beta,
          c,
          ldc);
    } catch (Throwable e) {
      throw new IllegalStateException("cblas_sgemm failed", e);
    }
  }
}

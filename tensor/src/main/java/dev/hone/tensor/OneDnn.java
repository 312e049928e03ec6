package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// oneDNN's matrix product through the foreign-function API, single-threaded.
///
/// On AVX-512 it is some 10 % faster than OpenBLAS for wide products and up to 1.6 times as fast
/// for an adapter's thin ones; elsewhere than on x86 its product is a plain loop.
final class OneDnn implements MatrixProduct.Library, IntegerProduct {
  static final String VERSION = "3.13";

  private static final byte NO_TRANS = 'N';
  private static final byte TRANS = 'T';

  /// The bit of AVX2 among instruction sets.
  private static final int AVX2 = 0x04;

  private static final int AVX512 = 0x20;

  /// One offset for a whole product.
  private static final byte FIXED_OFFSET = 'F';

  private static final MethodHandle SGEMM;
  private static final MethodHandle S8_GEMM;
  private static final long ZERO = Arena.global().allocate(Integer.BYTES, Integer.BYTES).address();
  private static final int ISA;

  static {
    // the OpenMP runtime reads it once, when it is loaded
    setEnvironment("OMP_NUM_THREADS", "1");
    var library =
        new NativeLibrary("dnnl", VERSION, List.of("libgomp.so.1", "libdnnl.so.3")).open();
    SGEMM =
        NativeLibrary.function(
            library,
            "dnnl_sgemm",
            FunctionDescriptor.of(
                JAVA_INT,
                JAVA_BYTE,
                JAVA_BYTE,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG));
    S8_GEMM =
        NativeLibrary.function(
            library,
            "dnnl_gemm_s8s8s32",
            FunctionDescriptor.of(
                JAVA_INT,
                JAVA_BYTE,
                JAVA_BYTE,
                JAVA_BYTE,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_BYTE,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_BYTE,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG));
    var isa =
        NativeLibrary.function(
            library, "dnnl_get_effective_cpu_isa", FunctionDescriptor.of(JAVA_INT));
    try {
      ISA = (int) isa.invokeExact();
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static void setEnvironment(String name, String value) {
    var setenv =
        NativeLibrary.function(
            Linker.nativeLinker().defaultLookup(),
            "setenv",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    try (var arena = Arena.ofConfined()) {
      int failed = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
      if (failed != 0) {
        throw new IllegalStateException("cannot set " + name);
      }
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Such as `onednn 3.13 isa 0x3fff`; the number stands for the instruction sets in use.
  @Override
  public String describe() {
    return "onednn %s isa 0x%x".formatted(VERSION, ISA);
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
    int status;
    try {
      status =
          (int)
              SGEMM.invokeExact(
                  transA ? TRANS : NO_TRANS,
                  transB ? TRANS : NO_TRANS,
                  (long) m,
                  (long) n,
                  (long) k,
                  alpha,
                  a,
                  (long) lda,
                  b,
                  (long) ldb,
                  beta,
                  c,
                  (long) ldc);
    } catch (Throwable e) {
      throw new IllegalStateException("dnnl_sgemm failed", e);
    }
    if (status != 0) {
      throw new IllegalStateException(
          "dnnl_sgemm of (%d, %d) by (%d, %d) failed with status %d".formatted(m, k, k, n, status));
    }
  }

  /// Whether there are kernels for 8-bit products: some twice as fast as float32 with AVX2 alone,
  /// several times with dot products.
  static boolean hasAvx512() {
    return (ISA & AVX512) != 0;
  }

  static boolean hasAvx2() {
    return (ISA & AVX2) != 0;
  }

  @Override
  public void multiply(
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
    int status;
    try {
      status =
          (int)
              S8_GEMM.invokeExact(
                  NO_TRANS,
                  transB ? TRANS : NO_TRANS,
                  FIXED_OFFSET,
                  (long) m,
                  (long) n,
                  (long) k,
                  1f,
                  a.address() + aAt,
                  (long) lda,
                  (byte) 0,
                  b.address() + bAt,
                  (long) ldb,
                  (byte) 0,
                  0f,
                  c.address() + cAt,
                  (long) ldc,
                  ZERO);
    } catch (Throwable e) {
      throw new IllegalStateException("dnnl_gemm_s8s8s32 failed", e);
    }
    if (status != 0) {
      throw new IllegalStateException(
          "dnnl_gemm_s8s8s32 of (%d, %d) by (%d, %d) failed with status %d"
              .formatted(m, k, k, n, status));
    }
  }
}

package dev.hone.tensor;

/// What results depend on besides the input: the matrix library, its kernels, ours, and the JDK.
public final class Processor {
  private Processor() {}

  /// One line that changes when bits may change: OpenBLAS's version and kernel family, our kernels,
  /// JDK, processor.
  public static String fingerprint() {
    return "openblas %s %s; kernels %s; jdk %s; %s"
        .formatted(
            OpenBlas.VERSION,
            OpenBlas.kernel(),
            Kernels.BEST.name(),
            Runtime.version(),
            System.getProperty("os.arch"));
  }

  /// The matrix library as it describes itself.
  public static String matrixLibrary() {
    return OpenBlas.config();
  }
}

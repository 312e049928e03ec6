package dev.hone.tensor;

/// What results depend on besides the input: the matrix library, its kernels, ours, and the JDK.
public final class Processor {
  private Processor() {}

  /// One line that changes when bits may change: the matrix library's version and kernels, our
  /// kernels, JDK, processor.
  public static String fingerprint() {
    return "%s; kernels %s; jdk %s; %s"
        .formatted(
            MatrixProduct.LIBRARY.describe(),
            Kernels.BEST.name(),
            Runtime.version(),
            System.getProperty("os.arch"));
  }
}

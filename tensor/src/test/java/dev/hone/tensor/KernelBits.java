package dev.hone.tensor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/// Every kernel's results as a checksum of their bits; runs as a process of its own too.
final class KernelBits {
  private KernelBits() {}

  /// Runs every kernel often enough to be compiled.
  static void warmUp() {
    for (var kernel : KernelCase.all()) {
      var operands = kernel.operands(new SplittableRandom(1), 37);
      for (int i = 0; i < 12_000; i++) {
        kernel.call().run(Kernels.BEST, operands.segments(), operands.at(), 37);
      }
    }
  }

  /// One `name=checksum` per kernel.
  static String digest() {
    var text = new StringBuilder();
    for (var kernel : KernelCase.all()) {
      var bits = new CRC32();
      int n = 37;
      var operands = kernel.operands(new SplittableRandom(n), n);
      double result = kernel.call().run(Kernels.BEST, operands.segments(), operands.at(), n);
      bits.update(Double.toHexString(result).getBytes(StandardCharsets.UTF_8));
      for (var segment : operands.segments()) {
        bits.update(Arrays.toString(KernelCase.values(segment)).getBytes(StandardCharsets.UTF_8));
      }
      text.append(kernel).append('=').append(Long.toHexString(bits.getValue())).append(' ');
    }
    return text.toString().strip();
  }

  public static void main(String[] args) {
    System.out.println(digest());
  }
}

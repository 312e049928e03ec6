package dev.hone.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;

/// The processor, and what results depend on besides the input: the matrix library, its kernels,
/// ours, and the JDK.
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

  /// Cores that the process may use: hardware threads of one core share its arithmetic, so more
  /// threads than cores gain nothing. Where the system doesn't tell (elsewhere than on Linux), its
  /// processors.
  public static int cores() {
    int processors = Runtime.getRuntime().availableProcessors();
    var siblings = new HashSet<String>();
    try (var cpus = Files.newDirectoryStream(Path.of("/sys/devices/system/cpu"), "cpu[0-9]*")) {
      for (var cpu : cpus) {
        siblings.add(Files.readString(cpu.resolve("topology/thread_siblings_list")));
      }
    } catch (IOException e) {
      return processors;
    }
    return Math.clamp(siblings.size(), 1, processors);
  }
}

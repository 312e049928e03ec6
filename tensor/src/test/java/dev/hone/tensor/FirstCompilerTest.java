package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The JVM's first compiler gives up on a method with too many values in it ("out of virtual
/// registers"), and vectors are many to it. Such a method may never reach the second compiler,
/// which alone keeps vectors in registers, and then runs some 50 times as slowly until the process
/// ends.
class FirstCompilerTest {
  private static final int CALLS = 500;

  @Test
  void noKernelIsTooLargeForTheFirstCompiler() throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("-javaagent") && !flag.startsWith("-XX:UseAVX"))
            .toList());
    command.addAll(
        List.of(
            "-Xbatch",
            "-XX:TieredStopAtLevel=3",
            "-XX:CompileCommand=PrintCompilation,dev.hone.tensor.Vector*::*",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName()));
    var child = new ProcessBuilder(command).redirectErrorStream(true).start();
    var lines = new String(child.getInputStream().readAllBytes()).lines().toList();
    assertEquals(0, child.waitFor(), () -> String.join("\n", lines));
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("VectorAdamW::step ")),
        () -> "nothing was compiled:\n" + String.join("\n", lines));
    assertEquals(List.of(), lines.stream().filter(line -> line.contains("SKIPPED")).toList());
  }

  /// Calls every kernel often enough to be compiled.
  static final class Child {
    private Child() {}

    public static void main(String... args) {
      var random = new SplittableRandom(1);
      for (var kernel : KernelCase.all()) {
        var operands = kernel.operands(random, 67);
        for (int i = 0; i < CALLS; i++) {
          kernel.call().run(Kernels.BEST, operands.segments(), operands.at(), 67);
        }
      }
      var x = Tensors.normal(random, 1, 256);
      for (var w : weights(random)) {
        var y = Tensors.zeros(1, 9);
        var wide = Tensors.zeros(9, 256);
        for (int i = 0; i < CALLS / 2; i++) {
          StreamedLinear.part(x, w, 0, StreamedLinear.groups(w), 0f, y);
          w.widen(0, 9, wide);
        }
      }
    }

    private static List<Matrix> weights(SplittableRandom random) {
      var weights = new ArrayList<Matrix>(StreamedLinearTest.forms(random, 9, 256));
      for (var type : BlockType.values()) {
        weights.add(BlockMatrixTest.random(random, type, 9, 256));
      }
      return weights;
    }
  }
}

package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelsTest {
  private static final Kernels SCALAR = new ScalarKernels();
  private static final int[] LENGTHS =
      IntStream.concat(IntStream.rangeClosed(0, 70), IntStream.of(127, 128, 129, 576, 1003))
          .toArray();

  static List<KernelCase> cases() {
    return KernelCase.all();
  }

  /// Else every comparison here would be of the scalar kernels with themselves.
  @Test
  void testsRunOnTheVectorKernels() {
    assertInstanceOf(VectorKernels.class, Kernels.BEST);
    assertTrue(Kernels.BEST.name().startsWith("vector-"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void vectorKernelEqualsScalarKernelAtEveryLength(KernelCase kernel) {
    for (int n : LENGTHS) {
      var expected = kernel.operands(new SplittableRandom(n), n);
      var actual = kernel.operands(new SplittableRandom(n), n);
      double expectedResult = kernel.call().run(SCALAR, expected.segments(), expected.at(), n);
      double result = kernel.call().run(Kernels.BEST, actual.segments(), actual.at(), n);
      double atol = kernel.isExact() ? 0 : 1e-6 * Math.sqrt(n + 1);
      double rtol = kernel.isExact() ? 0 : 2e-6;
      if (n > 0) {
        assertEquals(
            expectedResult, result, atol + rtol * Math.abs(expectedResult), kernel + " of " + n);
      }
      for (int o = 0; o < actual.segments().length; o++) {
        var values = KernelCase.values(actual.segments()[o]);
        assertClose(KernelCase.values(expected.segments()[o]), values, rtol, atol);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void kernelsTouchNothingOutsideTheirRange(KernelCase kernel) {
    for (int n : LENGTHS) {
      for (var kernels : List.of(SCALAR, Kernels.BEST)) {
        var operands = kernel.operands(new SplittableRandom(n), n);
        kernel.call().run(kernels, operands.segments(), operands.at(), n);
        for (int o = 0; o < operands.segments().length; o++) {
          assertGuards(
              operands.segments()[o], (int) operands.at()[o] / Float.BYTES, operands.lengths()[o]);
        }
      }
    }
  }

  private static void assertGuards(MemorySegment segment, int at, int length) {
    var values = KernelCase.values(segment);
    for (int i = 0; i < values.length; i++) {
      if (i < at || i >= at + length) {
        assertEquals(777 + i, values[i], "guard at " + i);
      }
    }
  }

  /// The JDK leaves the order of a vector's own sum open, and its compiler takes another than its
  /// interpreter: a run's bits would depend on when the compiler came. So bits are compared with
  /// those of a JVM that never compiles.
  @Test
  void compiledKernelsGiveTheBitsOfInterpretedOnes() throws Exception {
    KernelBits.warmUp();
    var java = ProcessHandle.current().info().command().orElseThrow();
    var process =
        new ProcessBuilder(
                java,
                "-Xint",
                "-XX:+UseSerialGC",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                KernelBits.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var interpreted =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor());
    assertEquals(interpreted, KernelBits.digest());
  }

  @Test
  void softmaxOfLargeValuesDoesNotOverflow() {
    for (int n : new int[] {1, 5, 16, 40}) {
      for (float size : new float[] {1e4f, -1e4f, 1e30f}) {
        var x = Tensors.full(1, n, size);
        assertEquals(
            size + Math.log(n),
            Kernels.BEST.logSumExp(x.data(), 0, n),
            1e-3 + 1e-7 * Math.abs(size));
        Kernels.BEST.attentionWeights(x.data(), 0, n, n);
        assertClose(filled(n, 1f / n), x.toArray(), 1e-6, 0);
      }
    }
  }

  @Test
  void minusInfinityHasNoWeight() {
    for (int n : new int[] {3, 16, 17, 40}) {
      var values = new float[n];
      Arrays.fill(values, Float.NEGATIVE_INFINITY);
      values[n / 2] = 2f;
      values[n - 1] = 2f;
      var x = Tensors.of(values, 1, n);
      assertEquals(2 + Math.log(2), Kernels.BEST.logSumExp(x.data(), 0, n), 1e-6);
      assertEquals(n / 2, Kernels.BEST.argMax(x.data(), 0, n));
      Kernels.BEST.attentionWeights(x.data(), 0, n, n);
      var expected = new float[n];
      expected[n / 2] = 0.5f;
      expected[n - 1] = 0.5f;
      assertClose(expected, x.toArray(), 1e-6, 1e-30);
    }
  }

  @Test
  void nanIsNeverHidden() {
    for (int n : new int[] {3, 16, 17, 40}) {
      for (int at : new int[] {0, n / 2, n - 1}) {
        var x = Tensors.full(1, n, 1f);
        x.set(0, at, Float.NaN);
        assertTrue(Double.isNaN(Kernels.BEST.logSumExp(x.data(), 0, n)));
        assertTrue(Double.isNaN(Kernels.BEST.sumOfSquares(x.data(), 0, n)));
        assertTrue(Float.isNaN(Kernels.BEST.attentionWeights(Tensors.copy(x).data(), 0, n, n)));
        var y = Tensors.zeros(1, n);
        Kernels.BEST.swiGlu(x.data(), Tensors.full(1, n, 1f).data(), y.data(), 0, n);
        assertTrue(Float.isNaN(y.get(0, at)));
      }
    }
  }

  @Test
  void gateSaturatesWithoutOverflow() {
    for (float size : new float[] {1e4f, -1e4f}) {
      var y = Tensors.zeros(1, 40);
      Kernels.BEST.swiGlu(
          Tensors.full(1, 40, size).data(), Tensors.full(1, 40, 1f).data(), y.data(), 0, 40);
      assertClose(filled(40, Math.max(size, 0f)), y.toArray(), 1e-6, 1e-30);
    }
  }

  @Test
  void firstOfEqualMaximaWins() {
    for (int n : new int[] {2, 16, 33, 70}) {
      var x = Tensors.zeros(1, n);
      x.set(0, n - 2, 3f);
      x.set(0, n - 1, 3f);
      assertEquals(n - 2, Kernels.BEST.argMax(x.data(), 0, n));
      assertEquals(n - 2, SCALAR.argMax(x.data(), 0, n));
    }
    assertArrayEquals(
        new int[] {0, 0},
        new int[] {
          SCALAR.argMax(Tensors.zeros(1, 40).data(), 0, 40),
          Kernels.BEST.argMax(Tensors.zeros(1, 40).data(), 0, 40)
        });
  }

  private static float[] filled(int n, float value) {
    var values = new float[n];
    Arrays.fill(values, value);
    return values;
  }
}

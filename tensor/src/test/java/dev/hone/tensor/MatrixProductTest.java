package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class MatrixProductTest {
  /// Both libraries, on shapes with ones among them, which they hand to other kernels; `c` holds
  /// NaN where `beta` is 0.
  @ParameterizedTest
  @Seeds(200)
  void productEqualsItsDefinition(long seed) {
    var random = new SplittableRandom(seed);
    boolean transA = random.nextBoolean();
    boolean transB = random.nextBoolean();
    int m = size(random);
    int n = size(random);
    int k = size(random);
    float alpha = random.nextBoolean() ? 1f : 0.7f;
    float beta = random.nextInt(3) * 0.5f;
    var a = Operand.random(random, transA ? k : m, transA ? m : k);
    var b = Operand.random(random, transB ? n : k, transB ? k : n);
    var c = Operand.random(random, m, n);
    if (beta == 0) {
      c.fill(Float.NaN);
    }
    var expected = c.memory().toArray();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum +=
              (double) (transA ? a.get(l, i) : a.get(i, l)) * (transB ? b.get(j, l) : b.get(l, j));
        }
        expected[c.index(i, j)] = (float) (alpha * sum + (beta == 0 ? 0 : beta * c.get(i, j)));
      }
    }
    var before = c.memory().toArray();
    for (var library : List.of(MatrixProduct.LIBRARY, new OpenBlas())) {
      c.memory().copyFrom(before);
      library.sgemm(
          transA,
          transB,
          m,
          n,
          k,
          alpha,
          a.address(),
          a.ld(),
          b.address(),
          b.ld(),
          beta,
          c.address(),
          c.ld());
      assertClose(expected, c.memory().toArray(), 1e-5, 1e-6 * Math.sqrt(k));
    }
  }

  private static int size(SplittableRandom random) {
    return random.nextInt(3) == 0 ? 1 : random.nextInt(1, 70);
  }

  /// A matrix somewhere inside a larger memory, with room between its rows.
  private record Operand(Tensor memory, int first, int rows, int cols, int ld) {
    static Operand random(SplittableRandom random, int rows, int cols) {
      int ld = cols + random.nextInt(5);
      int first = random.nextInt(7);
      return new Operand(Tensors.normal(random, 1, first + rows * ld + 3), first, rows, cols, ld);
    }

    int index(int row, int col) {
      return first + row * ld + col;
    }

    float get(int row, int col) {
      return memory.get(0, index(row, col));
    }

    void fill(float value) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          memory.set(0, index(i, j), value);
        }
      }
    }

    long offset() {
      return (long) first * Float.BYTES;
    }

    long address() {
      return memory.data().address() + offset();
    }
  }

  @Test
  void operandsThatLeaveTheirMemoryAreRefused() {
    var ok = Tensors.zeros(4, 4);
    var small = Tensors.zeros(3, 4);
    assertRefused("operand a (4, 4)", () -> product(small, 0, 4, ok, 0, 4, ok, 0, 4));
    assertRefused("operand b (4, 4)", () -> product(ok, 0, 4, small, 0, 4, ok, 0, 4));
    assertRefused("operand c (4, 4)", () -> product(ok, 0, 4, ok, 0, 4, small, 0, 4));
    assertRefused("at byte 4", () -> product(ok, 4, 4, ok, 0, 4, ok, 0, 4));
    assertRefused("at byte -4", () -> product(ok, 0, 4, ok, -4, 4, ok, 0, 4));
    assertRefused("with stride 5", () -> product(ok, 0, 4, ok, 0, 4, ok, 0, 5));
    assertRefused("with stride 3", () -> product(ok, 0, 3, ok, 0, 4, ok, 0, 4));
    assertRefused("its 0 bytes", () -> product(Tensor.planned(4, 4), 0, 4, ok, 0, 4, ok, 0, 4));
  }

  private static void product(
      Tensor a, long aAt, int lda, Tensor b, long bAt, int ldb, Tensor c, long cAt, int ldc) {
    MatrixProduct.sgemm(
        false, false, 4, 4, 4, 1f, a.data(), aAt, lda, b.data(), bAt, ldb, 0f, c.data(), cAt, ldc);
  }

  private static void assertRefused(String part, Runnable call) {
    var message = assertThrows(ShapeException.class, call::run).getMessage();
    assertTrue(message.startsWith("product: ") && message.contains(part), message);
  }

  @Test
  void emptyProductsLeaveEverythingAlone() {
    var c = Tensors.full(2, 2, 3f);
    var x = Tensors.zeros(0, 2);
    MatrixProduct.sgemm(
        false, false, 0, 2, 2, 1f, x.data(), 0, 2, c.data(), 0, 2, 0f, c.data(), 0, 2);
    assertClose(new float[] {3, 3, 3, 3}, c.toArray(), 0, 0);
  }

  @Test
  void fingerprintNamesLibraryAndKernels() {
    var fingerprint = Processor.fingerprint();
    assertTrue(fingerprint.contains(MatrixProduct.LIBRARY.describe()), fingerprint);
    assertTrue(fingerprint.contains(Kernels.BEST.name()), fingerprint);
    assertEquals(fingerprint, Processor.fingerprint());
  }
}

package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static dev.hone.testkit.Close.assertMaxRelativeError;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class BaseLinearTest {
  private static final int MOST = 1 << 16;

  /// A layer with a weight in three forms: as given, narrow, and widened again.
  private record Layer(int n, Tensor x, Tensor dy, RoundedMatrix narrow, Tensor wide) {
    static Layer random(SplittableRandom random, boolean is8Bit) {
      int n = random.nextInt(1, 20);
      int in = random.nextInt(1, 90);
      int out = random.nextInt(1, 90);
      Allocator memory = Tensors::allocate;
      var narrow =
          is8Bit
              ? Int8Matrix.allocate(memory, "w", out, in)
              : Bf16Matrix.allocate(memory, "w", out, in);
      narrow.put(Tensors.normal(random, out, in), 0);
      var wide = Tensors.zeros(out, in);
      narrow.widen(0, out, wide);
      var x = Tensors.normal(random, n + 1, in);
      return new Layer(n, x, Tensors.normal(random, n + 2, out), narrow, wide);
    }

    int in() {
      return wide.cols();
    }

    int out() {
      return (int) wide.rows();
    }
  }

  private static BaseLinear.Scratch integers(Layer l) {
    var scratch =
        IntegerLinear.Scratch.allocate(
            IntegerProduct.PLAIN, Tensors::allocate, l.n, MOST, MOST, MOST, l.in() + l.out());
    return new BaseLinear.Scratch(null, scratch);
  }

  /// In blocks of a few rows, down to one.
  @ParameterizedTest
  @Seeds(40)
  void narrowProductsAreThoseOfTheWidenedWeight(long seed) {
    var random = new SplittableRandom(seed);
    var l = Layer.random(random, seed % 2 == 0);
    var block = Tensors.zeros(1, l.in() * random.nextInt(1, 5));
    var scratch = new BaseLinear.Scratch(block, null);
    float beta = random.nextInt(2);
    var y = Tensors.full(l.n + 3, l.out(), 2f);
    var expected = Tensors.copy(y);
    Linear.forward(l.x, l.n, l.wide, 1f, beta, expected);
    BaseLinear.forward(l.x, l.n, l.narrow, beta, scratch, y);
    assertMaxRelativeError(expected.toArray(), y.toArray(), 1e-6);
    var dx = Tensors.full(l.n + 1, l.in(), 2f);
    var expectedDx = Tensors.copy(dx);
    Linear.backward(l.dy, l.n, l.wide, 1f, beta, expectedDx);
    BaseLinear.backward(l.dy, l.n, l.narrow, beta, scratch, dx);
    assertMaxRelativeError(expectedDx.toArray(), dx.toArray(), 1e-5);
  }

  @ParameterizedTest
  @Seeds(40)
  void partsMakeUpTheWhole(long seed) {
    var random = new SplittableRandom(seed);
    var l = Layer.random(random, seed % 2 == 0);
    var scratch = new BaseLinear.Scratch(Tensors.zeros(1, l.in() * random.nextInt(1, 5)), null);
    for (var w : List.of(l.narrow, l.wide)) {
      var expected = Tensors.full(l.n, l.out(), 2f);
      Linear.forward(l.x, l.n, l.wide, 1f, 1f, expected);
      var y = Tensors.full(l.n, l.out(), 2f);
      int row = random.nextInt(l.n + 1);
      int out = random.nextInt(l.out() + 1);
      for (int[] rows : new int[][] {{0, row}, {row, l.n}}) {
        BaseLinear.part(l.x, rows[0], rows[1], w, 0, out, 1f, scratch, y);
        BaseLinear.part(l.x, rows[0], rows[1], w, out, l.out(), 1f, scratch, y);
      }
      assertMaxRelativeError(expected.toArray(), y.toArray(), 2e-6);
    }
  }

  /// The sum of products of what was rounded, times the scales.
  @ParameterizedTest
  @Seeds(40)
  void integerForwardIsItsDefinition(long seed) {
    var random = new SplittableRandom(seed);
    var l = Layer.random(random, true);
    float beta = random.nextInt(2);
    var x = Tensors.zeros(l.x.rows(), l.in());
    var bytes = Arena.ofAuto().allocate(l.in());
    for (int t = 0; t < l.n; t++) {
      float scale = Int8Matrix.round(l.x.data(), l.x.at(t), l.in(), 127, bytes, 0);
      NarrowKernels.BEST.fromInt8(bytes, 0, l.in(), scale, x.data(), x.at(t));
    }
    var y = Tensors.full(l.n + 3, l.out(), 2f);
    var expected = Tensors.copy(y);
    Linear.forward(x, l.n, l.wide, 1f, beta, expected);
    BaseLinear.forward(l.x, l.n, l.narrow, beta, integers(l), y);
    assertMaxRelativeError(expected.toArray(), y.toArray(), 2e-6);
  }

  /// `dy` in one part is known to 1/254 of its row's largest element, in two to 2⁻¹⁵.
  @ParameterizedTest
  @Seeds(40)
  void integerBackwardIsCloseToTheGradient(long seed) {
    var random = new SplittableRandom(seed);
    var l = Layer.random(random, true);
    float beta = random.nextInt(2);
    var dx = Tensors.full(l.n + 1, l.in(), 2f);
    var expected = Tensors.copy(dx);
    Linear.backward(l.dy, l.n, l.wide, 1f, beta, expected);
    BaseLinear.backward(l.dy, l.n, l.narrow, beta, integers(l), dx);
    assertMaxRelativeError(expected.toArray(), dx.toArray(), 0.02);
    Linear.backward(l.dy, l.n, l.wide, 1f, 0f, expected);
    BaseLinear.backwardLogits(l.dy, l.n, l.narrow, integers(l), dx);
    assertMaxRelativeError(expected.toArray(), dx.toArray(), 2e-4);
  }

  @Test
  void aNaNComesOutOfEveryProduct() {
    var l = Layer.random(new SplittableRandom(5), true);
    l.x.set(0, 0, Float.NaN);
    l.dy.set(0, 0, Float.POSITIVE_INFINITY);
    for (var scratch : List.of(integers(l), BaseLinear.Scratch.allocate(Tensors::allocate, 90))) {
      var y = Tensors.zeros(l.n, l.out());
      BaseLinear.forward(l.x, l.n, l.narrow, 0f, scratch, y);
      assertTrue(Float.isNaN(y.get(0, l.out() - 1)));
      var dx = Tensors.zeros(l.n, l.in());
      BaseLinear.backward(l.dy, l.n, l.narrow, 0f, scratch, dx);
      assertTrue(!Float.isFinite(dx.get(0, l.in() - 1)));
    }
  }

  /// Bytes, the largest most often.
  private static MemorySegment bytes(SplittableRandom random, int size, int largest) {
    var memory = Arena.ofAuto().allocate(size);
    for (int i = 0; i < size; i++) {
      int any = random.nextInt(-largest, largest + 1);
      memory.set(JAVA_BYTE, i, (byte) (random.nextBoolean() ? any : any < 0 ? -largest : largest));
    }
    return memory;
  }

  /// Wherever the library is there, with dot products or without.
  @ParameterizedTest
  @Seeds(60)
  void integerProductEqualsItsDefinition(long seed) {
    var random = new SplittableRandom(seed);
    int m = random.nextInt(1, 70);
    int n = random.nextInt(1, 70);
    int k = random.nextInt(1, 200);
    boolean transB = random.nextBoolean();
    int lda = k + random.nextInt(4);
    int ldb = (transB ? k : n) + random.nextInt(4);
    int ldc = n + random.nextInt(4);
    var a = bytes(random, m * lda + 5, 127);
    var b = bytes(random, (transB ? n : k) * ldb + 5, 63);
    var expected = Tensors.zeros(1, m * ldc + 5);
    IntegerProduct.PLAIN.multiply(transB, m, n, k, a, 5, lda, b, 5, ldb, expected.data(), 20, ldc);
    long sum = 0;
    for (int l = 0; l < k; l++) {
      sum += a.get(JAVA_BYTE, 5 + l) * b.get(JAVA_BYTE, 5 + (transB ? l : (long) l * ldb));
    }
    assertEquals(sum, expected.data().get(JAVA_INT_UNALIGNED, 20));
    if (MatrixProduct.LIBRARY instanceof OneDnn dnn) {
      var actual = Tensors.zeros(1, m * ldc + 5);
      dnn.multiply(transB, m, n, k, a, 5, lda, b, 5, ldb, actual.data(), 20, ldc);
      assertArrayEquals(
          expected.data().toArray(JAVA_INT_UNALIGNED), actual.data().toArray(JAVA_INT_UNALIGNED));
    }
  }

  @Test
  void onlyExactSumsCountAsFast() {
    assertTrue(IntegerProduct.Fast.isExact(IntegerProduct.PLAIN));
    IntegerProduct saturating =
        (transB, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc) -> {
          IntegerProduct.PLAIN.multiply(transB, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc);
          int first = c.get(JAVA_INT_UNALIGNED, cAt);
          c.set(JAVA_INT_UNALIGNED, cAt, Math.min(first, Short.MAX_VALUE));
        };
    assertTrue(!IntegerProduct.Fast.isExact(saturating));
    IntegerProduct.fast().ifPresent(fast -> assertTrue(IntegerProduct.Fast.isExact(fast)));
  }

  @Test
  void float32GoesStraightToTheProduct() {
    var random = new SplittableRandom(7);
    var x = Tensors.normal(random, 5, 12);
    var w = Tensors.normal(random, 9, 12);
    var expected = Tensors.zeros(5, 9);
    var y = Tensors.zeros(5, 9);
    Linear.forward(x, 5, w, 1f, 0f, expected);
    BaseLinear.forward(x, 5, w, 0f, BaseLinear.Scratch.NONE, y);
    assertClose(expected.toArray(), y.toArray(), 0, 0);
  }
}

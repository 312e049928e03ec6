package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NarrowKernelsTest {
  private static final NarrowKernels SCALAR = new ScalarNarrowKernels();
  private static final int GUARD = 64;

  static IntStream lengths() {
    return IntStream.concat(IntStream.rangeClosed(0, 70), IntStream.of(127, 128, 129, 576, 1003));
  }

  /// Random operands for `n` elements of any type, each with `GUARD` random bytes behind it, which
  /// no kernel may touch.
  private static final class Operands {
    final int n;
    final long at;
    final MemorySegment floats;
    final MemorySegment others;
    final MemorySegment narrow;
    final MemorySegment sums;
    final MemorySegment out;

    Operands(int n) {
      var random = new SplittableRandom(n);
      this.n = n;
      this.at = 4L * random.nextInt(5);
      floats = floats(random);
      others = floats(random);
      narrow = bytes(random);
      sums = bytes(random);
      out = floats(random);
    }

    private MemorySegment bytes(SplittableRandom random) {
      var bytes = new byte[(int) at + 4 * n + GUARD];
      random.nextBytes(bytes);
      return Arena.ofAuto().allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    private MemorySegment floats(SplittableRandom random) {
      var memory = bytes(random);
      for (int i = 0; i < n; i++) {
        memory.set(JAVA_FLOAT_UNALIGNED, at + 4L * i, (float) random.nextGaussian());
      }
      return memory;
    }

    byte[] all() {
      var copy = Arena.ofAuto().allocate(5L * out.byteSize());
      long to = 0;
      for (var memory : new MemorySegment[] {floats, others, narrow, sums, out}) {
        copy.asSlice(to, memory.byteSize()).copyFrom(memory);
        to += memory.byteSize();
      }
      return copy.toArray(JAVA_BYTE);
    }
  }

  /// A kernel with its operands, returning its result or 0.
  private interface Call {
    double run(NarrowKernels k, Operands o);
  }

  private static void assertSame(int n, Call call, double tolerance) {
    var expected = new Operands(n);
    var actual = new Operands(n);
    double result = call.run(SCALAR, expected);
    assertEquals(result, call.run(NarrowKernels.BEST, actual), tolerance, "of " + n);
    assertArrayEquals(expected.all(), actual.all(), "of " + n);
  }

  private static Call writes(BiConsumer<NarrowKernels, Operands> kernel) {
    return (k, o) -> {
      kernel.accept(k, o);
      return 0;
    };
  }

  @Test
  void testsRunOnTheVectorKernels() {
    assertInstanceOf(VectorNarrowKernels.class, NarrowKernels.BEST);
  }

  /// To the bit, and nothing behind the run is touched.
  @ParameterizedTest
  @MethodSource("lengths")
  void vectorKernelEqualsScalarKernel(int n) {
    assertSame(n, (k, o) -> k.largest(o.floats, o.at, n), 0);
    assertSame(n, writes((k, o) -> k.toInt8(o.floats, o.at, n, 25f, o.narrow, o.at)), 0);
    assertSame(n, writes((k, o) -> k.fromInt8(o.narrow, o.at, n, 0.3f, o.out, o.at)), 0);
    assertSame(n, writes((k, o) -> k.remainder(o.narrow, o.at, n, 0.3f, o.out, o.at)), 0);
    assertSame(n, writes((k, o) -> k.multiply(o.floats, o.at, o.others, o.at, n, o.out)), 0);
    for (float beta : new float[] {0f, 1f, 0.5f}) {
      assertSame(n, writes((k, o) -> k.rescale(o.sums, o.at, n, 0.3f, beta, o.out, o.at)), 0);
    }
    assertSame(
        n,
        writes((k, o) -> {
          k.multiply(o.floats, o.at, o.others, o.at, n, o.floats); // finite from the start on
          k.rescale(o.sums, o.at, n, 0.3f, o.floats, 1f, o.out, o.at);
        }),
        0);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void bfloat16IsWidenedExactly(int n) {
    var random = new SplittableRandom(n);
    var x = Tensors.normal(random, 1, n + 1);
    var narrow = Bf16Matrix.allocate(Tensors::allocate, "test", 1, n + 1);
    narrow.put(x, 0);
    for (var kernels : new NarrowKernels[] {SCALAR, NarrowKernels.BEST}) {
      var y = Tensors.full(1, n + 1, 7f);
      kernels.fromBf16(narrow.data(), 0, n, y.data(), 0);
      assertEquals(7f, y.get(0, n));
      for (int i = 0; i < n; i++) {
        int bits = Bf16Matrix.round(x.get(0, i)) << 16;
        assertEquals(Float.intBitsToFloat(bits), y.get(0, i));
      }
    }
  }

  @Test
  void tiesGoToTheEvenByte() {
    float[] values = {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 126.5f, -126.5f};
    var x = Tensors.zeros(1, 32);
    for (int i = 0; i < 32; i++) {
      x.set(0, i, values[i % values.length]);
    }
    for (var kernels : new NarrowKernels[] {SCALAR, NarrowKernels.BEST}) {
      var q = Arena.ofAuto().allocate(32);
      kernels.toInt8(x.data(), 0, 32, 1f, q, 0);
      for (int i = 0; i < 32; i++) {
        assertEquals((byte) Math.rint(values[i % values.length]), q.get(JAVA_BYTE, i));
      }
    }
  }

  @Test
  void whatIsNoNumberIsNeverHidden() {
    for (int n : new int[] {1, 3, 16, 17, 40}) {
      for (var kernels : new NarrowKernels[] {SCALAR, NarrowKernels.BEST}) {
        var x = Tensors.full(1, n, -1f);
        x.set(0, n - 1, Float.NEGATIVE_INFINITY);
        assertEquals(Float.POSITIVE_INFINITY, kernels.largest(x.data(), 0, n));
        x.set(0, n / 2, Float.NaN);
        assertTrue(Float.isNaN(kernels.largest(x.data(), 0, n)));
      }
    }
  }
}

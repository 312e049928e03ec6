package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.tensor.SteadyLinear.Way;
import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class SteadyLinearTest {
  private static final int ROWS = 150;

  @ParameterizedTest
  @Seeds(40)
  void aRowGivesTheSameWhateverIsBesideIt(long seed) {
    var random = new SplittableRandom(seed);
    int in = random.nextInt(1, 700);
    int out = random.nextInt(1, 400);
    var x = Tensors.normal(random, ROWS, in);
    var w = weight(random, out, in);
    var scratch = BaseLinear.Scratch.allocate(Tensors::allocate, in);
    for (var way : Way.values()) {
      var whole = Tensors.zeros(ROWS, out);
      SteadyLinear.part(way, x, 0, ROWS, w, 0, out, 0f, scratch, whole);
      assertRowsAgree(whole, cut(random, way, x, w, scratch, out));
    }
  }

  private static Matrix weight(SplittableRandom random, int out, int in) {
    IntFunction<Matrix> kinds =
        kind ->
            switch (kind) {
              case 0 -> Bf16Matrix.allocate(Tensors::allocate, "w", out, in);
              case 1 -> Int8Matrix.allocate(Tensors::allocate, "w", out, in);
              default -> Tensors.normal(random, out, in);
            };
    var w = kinds.apply(random.nextInt(4));
    if (w instanceof RoundedMatrix narrow) narrow.put(Tensors.normal(random, out, in), 0);
    return w;
  }

  /// The same product in random pieces.
  private static Tensor cut(
      SplittableRandom random, Way way, Tensor x, Matrix w, BaseLinear.Scratch scratch, int out) {
    var y = Tensors.zeros(ROWS, out);
    for (int from = 0; from < ROWS; ) {
      int rows = way.padded(random.nextInt(1, 40));
      int first = Math.min(from, ROWS - rows);
      int to = first + rows;
      for (int fromOut = 0; fromOut < out; ) {
        int asked = fromOut + 16 * random.nextInt(1, 8);
        int toOut = out - asked < SteadyLinear.LEAST_OUTPUTS ? out : asked;
        SteadyLinear.part(way, x, first, to, w, fromOut, toOut, 0f, scratch, y);
        fromOut = toOut;
      }
      from = to;
    }
    return y;
  }

  /// Bit for bit where the library is known to do so; else what two orders of 700 terms may differ
  /// by.
  private static void assertRowsAgree(Tensor expected, Tensor actual) {
    if (MatrixProduct.LIBRARY instanceof OneDnn) {
      assertArrayEquals(expected.toArray(), actual.toArray());
    } else {
      assertClose(expected.toArray(), actual.toArray(), 1e-5, 1e-4);
    }
  }

  @ParameterizedTest
  @Seeds(10)
  void itIsTheProductOfBaseLinear(long seed) {
    var random = new SplittableRandom(seed);
    var x = Tensors.normal(random, 33, 70);
    var w = weight(random, 50, 70);
    var scratch = BaseLinear.Scratch.allocate(Tensors::allocate, 70);
    var expected = Tensors.full(33, 50, 2f);
    BaseLinear.forward(x, 30, w, 1f, scratch, expected);
    for (var way : Way.values()) {
      var y = Tensors.full(33, 50, 2f);
      SteadyLinear.part(way, x, 0, 30, w, 0, 50, 1f, scratch, y);
      assertClose(expected.toArray(), y.toArray(), 1e-5, 1e-5);
    }
  }

  @Test
  void tooFewRowsAreRefused() {
    var x = Tensors.zeros(20, 4);
    var w = Tensors.zeros(8, 4);
    var y = Tensors.zeros(20, 8);
    for (var way : Way.values()) {
      int tooFew = way.padded(1) - 1;
      assertThrows(
          ShapeException.class,
          () -> SteadyLinear.part(way, x, 0, tooFew, w, 0, 8, 0f, BaseLinear.Scratch.NONE, y));
    }
  }
}

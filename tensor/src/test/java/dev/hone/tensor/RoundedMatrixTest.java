package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class RoundedMatrixTest {
  private static Tensor widened(RoundedMatrix m, Tensor x) {
    m.put(x, 0);
    var y = Tensors.zeros(x.rows(), x.cols());
    m.widen(0, (int) x.rows(), y);
    return y;
  }

  private static Int8Matrix int8(long rows, int cols) {
    return Int8Matrix.allocate(Tensors::allocate, "test", rows, cols);
  }

  private static Bf16Matrix bf16(long rows, int cols) {
    return Bf16Matrix.allocate(Tensors::allocate, "test", rows, cols);
  }

  @ParameterizedTest
  @Seeds(20)
  void eightBitsAreWithinHalfAStepAndBfloat16WithinHalfABit(long seed) {
    var random = new SplittableRandom(seed);
    int rows = random.nextInt(1, 9);
    int cols = random.nextInt(1, 90);
    var x = Tensors.normal(random, rows, cols);
    x.set(0, 0, 1e6f); // a row of another size changes no other
    var bytes = int8(rows, cols);
    var fromBytes = widened(bytes, x);
    var fromBf16 = widened(bf16(rows, cols), x);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        float value = x.get(r, c);
        assertEquals(value, fromBytes.get(r, c), 0.5001 * bytes.scale(r));
        assertEquals(value, fromBf16.get(r, c), Math.abs(value) * 0x1p-8);
      }
    }
  }

  @Test
  void zeroStaysZeroAndTheLargestStaysItself() {
    var x = Tensors.of(new float[] {0, 0, 0, 0, -3, 1e-20f, 1e-38f, 0, 0}, 3, 3);
    var y = widened(int8(3, 3), x);
    assertArrayEquals(new float[] {0, 0, 0, 0, -3, 0, 0, 0, 0}, y.toArray(), 1e-6f);
  }

  @Test
  void aRowWithANaNIsNaN() {
    var x = Tensors.full(2, 20, 1f);
    x.set(1, 7, Float.NaN);
    var y = widened(int8(2, 20), x);
    assertEquals(1f, y.get(0, 7), 1e-6f);
    assertTrue(Float.isNaN(y.get(1, 0)) && Float.isNaN(y.get(1, 19)));
    assertTrue(Float.isNaN(widened(bf16(2, 20), x).get(1, 7)));
  }

  @Test
  void embeddingLooksUpWidenedRows() {
    var table = Tensors.normal(new SplittableRandom(3), 9, 24);
    var narrow = int8(9, 24);
    var wide = widened(narrow, table);
    int[] ids = {8, 0, 8, 3};
    var expected = Tensors.zeros(4, 24);
    var actual = Tensors.zeros(4, 24);
    Embedding.forward(ids, 4, wide, expected);
    Embedding.forward(ids, 4, narrow, actual);
    assertArrayEquals(expected.toArray(), actual.toArray());
  }

  @Test
  void rowsThatAreNotThereAreRefused() {
    for (var m : new RoundedMatrix[] {int8(3, 4), bf16(3, 4)}) {
      assertThrows(ShapeException.class, () -> m.put(Tensors.zeros(2, 4), 2));
      assertThrows(ShapeException.class, () -> m.put(Tensors.zeros(2, 5), 0));
      assertThrows(ShapeException.class, () -> m.widen(-1, 1, Tensors.zeros(1, 4)));
      assertThrows(ShapeException.class, () -> m.widen(0, 2, Tensors.zeros(1, 4)));
    }
  }
}

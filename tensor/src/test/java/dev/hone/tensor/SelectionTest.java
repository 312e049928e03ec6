package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SelectionTest {
  private static Tensor counted() {
    return Tensors.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 5, 2);
  }

  @Test
  void rowsLieSideBySideAlsoInPlace() {
    var y = Tensors.full(2, 2, Float.NaN);
    Selection.forward(counted(), new int[] {1, 4, 0}, 2, y);
    assertArrayEquals(new float[] {2, 3, 8, 9}, y.toArray());
    var x = counted();
    Selection.forward(x, new int[] {0, 2, 3}, 3, x);
    assertArrayEquals(new float[] {0, 1, 4, 5, 6, 7}, x.rows(0, 3).toArray());
  }

  @Test
  void gradientsGoToTheirPlacesAndTheOthersAreZero() {
    var dx = counted();
    Selection.backward(dx, new int[] {1, 2}, 2, 4);
    assertArrayEquals(new float[] {0, 0, 0, 1, 2, 3, 0, 0, 8, 9}, dx.toArray());
    Selection.backward(dx, new int[0], 0, 5);
    assertArrayEquals(new float[10], dx.toArray());
    var all = counted();
    Selection.backward(all, new int[] {0, 1, 2, 3, 4}, 5, 5);
    assertArrayEquals(counted().toArray(), all.toArray());
  }

  @Test
  void whatIsNotAscendingOrOutsideIsRefused() {
    assertEquals(
        "selection: row 1 is not above the one before",
        assertThrows(
                ShapeException.class, () -> Selection.backward(counted(), new int[] {3, 3}, 2, 5))
            .getMessage());
    assertEquals(
        "selection: (5, 2) holds fewer than 6 rows",
        assertThrows(
                ShapeException.class,
                () -> Selection.forward(counted(), new int[] {5}, 1, counted()))
            .getMessage());
  }
}

package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class EmbeddingTest {
  @Test
  void looksUpOneRowPerToken() {
    var table = Tensors.of(new float[] {0, 1, 10, 11, 20, 21}, 3, 2);
    var y = Tensors.full(4, 2, 7f);
    Embedding.forward(new int[] {2, 0, 2, 99}, 3, table, y);
    assertArrayEquals(new float[] {20, 21, 0, 1, 20, 21, 7, 7}, y.toArray());
  }

  /// Bit for bit: rows of a repeated token are added in the tokens' order.
  @ParameterizedTest
  @Seeds(10)
  void gradientsAreAddedTokenAfterToken(long seed) {
    var random = new SplittableRandom(seed);
    var ids = random.ints(50, 0, 4).toArray();
    var dy = Tensors.normal(random, 50, 21);
    var table = Tensors.normal(random, 4, 21);
    var expected = table.toArray();
    for (int t = 0; t < 50; t++) {
      for (int c = 0; c < 21; c++) {
        expected[ids[t] * 21 + c] += dy.get(t, c);
      }
    }
    Embedding.backward(ids, 50, dy, table);
    assertArrayEquals(expected, table.toArray());
  }

  @Test
  void idsOutsideTheTableAreRefusedBeforeAnythingIsWritten() {
    var table = Tensors.full(3, 2, 1f);
    var y = Tensors.zeros(2, 2);
    for (int id : new int[] {-1, 3}) {
      int[] ids = {0, id};
      var e = assertThrows(ShapeException.class, () -> Embedding.forward(ids, 2, table, y));
      assertEquals("embedding: id " + id + " is outside the table's 3 rows", e.getMessage());
      assertThrows(ShapeException.class, () -> Embedding.backward(ids, 2, y, table));
      assertArrayEquals(new float[4], y.toArray());
    }
  }
}

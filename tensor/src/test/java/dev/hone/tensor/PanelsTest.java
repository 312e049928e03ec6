package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class PanelsTest {
  @ParameterizedTest
  @Seeds(20)
  void panelsGiveWhatTheMatrixGives(long seed) {
    var random = new SplittableRandom(seed);
    int in = random.nextInt(1, 300);
    int out = random.nextInt(1, 300);
    var x = Tensors.normal(random, 3, in);
    var w = Tensors.normal(random, out, in);
    var expected = Tensors.zeros(3, out);
    Linear.forward(x, 3, w, 0.5f, 0f, expected);
    var panels = Panels.of(Tensors::allocate, "w", w, 0.5f);
    var y = Tensors.full(3, out, 7f);
    for (int t = 0; t < 3; t++) {
      panels.forward(x, t, y, t);
    }
    assertClose(expected.toArray(), y.toArray(), 1e-5, 1e-5);
  }

  @Test
  void aProductIsAddedWhereItIsToGo() {
    var random = new SplittableRandom(1);
    var x = Tensors.normal(random, 2, 5);
    var panels = Panels.of(Tensors::allocate, "w", Tensors.normal(random, 20, 5), 1f);
    var y = Tensors.full(4, 24, 7f);
    panels.add(x, 1, y, 2);
    var product = Tensors.zeros(1, 20);
    panels.forward(x, 1, product, 0);
    for (int c = 0; c < 24; c++) {
      assertEquals(7f + (c < 20 ? product.get(0, c) : 0), y.get(2, c), 1e-6f);
      assertEquals(7f, y.get(1, c));
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    var panels = Panels.of(Tensors::allocate, "w", Tensors.zeros(20, 4), 1f);
    var x = Tensors.zeros(2, 4);
    var y = Tensors.zeros(2, 20);
    assertThrows(ShapeException.class, () -> panels.add(x, 2, y, 0));
    assertThrows(ShapeException.class, () -> panels.add(x, 0, y, 2));
    assertThrows(ShapeException.class, () -> panels.add(x, 0, Tensors.zeros(2, 19), 0));
    assertThrows(ShapeException.class, () -> panels.forward(Tensors.zeros(2, 3), 0, y, 0));
  }
}

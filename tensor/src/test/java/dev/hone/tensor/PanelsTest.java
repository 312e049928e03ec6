package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
      panels.forward(x, t, y);
    }
    assertClose(expected.toArray(), y.toArray(), 1e-5, 1e-5);
    assertArrayEquals(y.toArray(), inParts(panels, x, random).toArray());
  }

  private static Tensor inParts(Panels panels, Tensor x, SplittableRandom random) {
    var y = Tensors.zeros(3, panels.out());
    for (int t = 0; t < 3; t++) {
      for (int from = 0; from < panels.out(); ) {
        int to = Math.min(panels.out(), from + 16 * random.nextInt(1, 5));
        panels.add(x, t, from, to, y);
        from = to;
      }
    }
    return y;
  }

  @Test
  void whatIsNotThereIsRefused() {
    var panels = Panels.of(Tensors::allocate, "w", Tensors.zeros(20, 4), 1f);
    var x = Tensors.zeros(2, 4);
    var y = Tensors.zeros(2, 20);
    assertThrows(ShapeException.class, () -> panels.add(x, 0, 8, 20, y));
    assertThrows(ShapeException.class, () -> panels.add(x, 0, 0, 21, y));
    assertThrows(ShapeException.class, () -> panels.add(x, 2, 0, 20, y));
    assertThrows(ShapeException.class, () -> panels.forward(Tensors.zeros(2, 3), 0, y));
  }
}

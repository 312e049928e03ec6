package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SoftCapTest {
  @Test
  void itIsTheTangentToAFewUlp() {
    var random = new SplittableRandom(1);
    var x = Tensors.zeros(1, 4096);
    for (int i = 0; i < x.cols(); i++) {
      double size = Math.exp(random.nextDouble(-20, 6));
      x.set(0, i, (float) (random.nextBoolean() ? size : -size));
    }
    x.set(0, 0, 0f);
    x.set(0, 1, Float.NEGATIVE_INFINITY);
    var input = x.toArray();
    Elementwise.softCap(x, 1, 1f);
    for (int i = 0; i < input.length; i++) {
      double expected = Math.tanh(input[i]);
      assertEquals(expected, x.get(0, i), 4e-7 * Math.abs(expected), "tanh of " + input[i]);
    }
  }

  /// The JDK's own tangent for vectors gives other bits before it is compiled than after.
  @Test
  void itGivesTheSameBitsColdAndWarm() {
    var input = Tensors.normal(new SplittableRandom(2), 1, 512);
    var cold = capped(input);
    for (int i = 0; i < 20_000; i++) {
      assertArrayEquals(cold, capped(input), 0f, "call " + i);
    }
  }

  private static float[] capped(Tensor input) {
    var x = Tensors.zeros(1, input.cols());
    x.copyFrom(input, 1);
    Elementwise.softCap(x, 1, 3f);
    return x.toArray();
  }
}

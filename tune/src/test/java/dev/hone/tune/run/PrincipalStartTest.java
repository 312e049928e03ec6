package dev.hone.tune.run;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Linear;
import dev.hone.testkit.Golden;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalStartTest {
  /// By tools/parity/pissa.py. So small a weight has directions to spare that tell all of it.
  @Test
  void productAndLengthsArePefts() {
    try (var arena = Arena.ofConfined()) {
      var golden = Golden.load("pissa/start");
      var memory = new ArenaAllocator(arena);
      var w = memory.f32("w", 24, 40);
      w.copyFrom(golden.f32("w"));
      var a = memory.f32("a", 4, 40);
      var b = memory.f32("b", 24, 4);
      PrincipalStart.of(w, 1.5f, 40, 1, a, b, memory);
      var product = memory.f32("ba", 24, 40);
      Linear.backward(b, 24, a, 1.5f, 0f, product);
      assertMaxRelativeError(golden.f32("ba"), product.toArray(), 1e-4);
      var lengths = new float[4];
      for (int i = 0; i < 4; i++) {
        double sum = 0;
        for (float x : a.rows(i, i + 1).toArray()) {
          sum += x * x;
        }
        lengths[i] = (float) Math.sqrt(sum);
      }
      assertMaxRelativeError(golden.f32("lengths"), lengths, 1e-4);
    }
  }

  /// A weight of rank 3 is told whole by three directions, and by more, the rest of which are zero.
  @ParameterizedTest
  @ValueSource(ints = {3, 5, 9})
  void aWeightOfLessRankIsToldWhole(int rank) {
    try (var arena = Arena.ofConfined()) {
      var memory = new ArenaAllocator(arena);
      var random = new java.util.SplittableRandom(rank);
      var left = memory.f32("left", 9, 3);
      var right = memory.f32("right", 3, 14);
      for (var x : new dev.hone.tensor.Tensor[] {left, right}) {
        for (int r = 0; r < x.rows(); r++) {
          for (int c = 0; c < x.cols(); c++) {
            x.set(r, c, (float) random.nextGaussian());
          }
        }
      }
      var w = memory.f32("w", 9, 14);
      Linear.backward(left, 9, right, 1f, 0f, w);
      var a = memory.f32("a", rank, 14);
      var b = memory.f32("b", 9, rank);
      PrincipalStart.of(w, 2f, 2, 7, a, b, memory);
      var product = memory.f32("ba", 9, 14);
      Linear.backward(b, 9, a, 2f, 0f, product);
      assertMaxRelativeError(w.toArray(), product.toArray(), 1e-5);
      assertTrue(Float.isFinite(a.toArray()[0]));
    }
  }
}

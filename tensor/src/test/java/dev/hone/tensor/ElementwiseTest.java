package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class ElementwiseTest {
  private static final int CHUNK = 1 << 16;

  @ParameterizedTest
  @Seeds(5)
  void addingInRangesGivesTheBitsOfAddingAtOnce(long seed) {
    var random = new SplittableRandom(seed);
    int n = 2 * CHUNK + random.nextInt(100);
    var src = Tensors.normal(random, 1, n);
    var whole = Tensors.normal(random, 1, n);
    var cut = Tensors.copy(whole);
    Elementwise.add(whole, src);
    int from = 0;
    while (from < n) {
      int to = Math.min(n, from + random.nextInt(1, CHUNK));
      Elementwise.add(cut, src, from, to);
      from = to;
    }
    assertArrayEquals(whole.toArray(), cut.toArray());
  }

  @Test
  void rangeLeavesTheRestAlone() {
    var x = Tensors.zeros(1, 50);
    Elementwise.add(x, Tensors.full(1, 50, 1f), 7, 40);
    var expected = new float[50];
    Arrays.fill(expected, 7, 40, 1f);
    assertArrayEquals(expected, x.toArray());
  }

  /// Within a chunk sums are f32 per lane, over chunks double: 10⁻⁶ whatever the length.
  @ParameterizedTest
  @Seeds(5)
  void sumOfSquaresIsTheSumOverFixedChunks(long seed) {
    var random = new SplittableRandom(seed);
    int n = 3 * CHUNK + random.nextInt(1000);
    var x = Tensors.normal(random, n, 1);
    double sum = 0;
    for (int from = 0; from < n; from += CHUNK) {
      sum += Elementwise.sumOfSquares(x.rows(from, Math.min(n, from + CHUNK)));
    }
    assertEquals(sum, Elementwise.sumOfSquares(x));
    assertEquals(Tensors.dot(x, x), sum, 1e-6 * sum);
  }

  @ParameterizedTest
  @Seeds(5)
  void dropoutKeepsItsShareAndScalesIt(long seed) {
    for (float rate : new float[] {0.05f, 0.3f, 0.9f}) {
      var y = dropped(Tensors.full(100, 100, 2f), rate, seed);
      int kept = 0;
      for (float value : y) {
        assertTrue(value == 0f || Math.abs(value - 2 / (1 - rate)) < 1e-4, "value " + value);
        kept += value == 0f ? 0 : 1;
      }
      // five standard deviations of a binomial with 10,000 draws
      assertEquals(1 - rate, kept / 1e4, 5 * Math.sqrt(rate * (1 - rate) / 1e4));
    }
  }

  @ParameterizedTest
  @Seeds(5)
  void dropoutMaskDependsOnTheSeedAlone(long seed) {
    var random = new SplittableRandom(seed);
    var ones = dropped(Tensors.full(20, 30, 1f), 0.4f, seed);
    assertArrayEquals(ones, dropped(Tensors.full(20, 30, 1f), 0.4f, seed));
    assertFalse(Arrays.equals(ones, dropped(Tensors.full(20, 30, 1f), 0.4f, seed + 1)));
    var x = Tensors.normal(random, 20, 30);
    var expected = x.toArray();
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= ones[i];
    }
    assertClose(expected, dropped(x, 0.4f, seed), 1e-6, 0);
  }

  @Test
  void dropoutMasksOfNeighbouringSeedsAreUnrelated() {
    var a = dropped(Tensors.full(100, 100, 0.5f), 0.5f, 41);
    var b = dropped(Tensors.full(100, 100, 0.5f), 0.5f, 42);
    int both = 0;
    for (int i = 0; i < a.length; i++) {
      both += a[i] != 0 && b[i] != 0 ? 1 : 0;
    }
    assertEquals(0.25, both / 1e4, 5 * Math.sqrt(0.25 * 0.75 / 1e4));
  }

  @Test
  void dropoutInPlaceIsDropoutElsewhere() {
    var x = Tensors.normal(new SplittableRandom(1), 5, 7);
    var expected = dropped(x, 0.5f, 9);
    Elementwise.dropout(x, 5, 0.5f, 9, x);
    assertArrayEquals(expected, x.toArray());
  }

  @Test
  void dropoutOfNothingKeepsAndOfEverythingDropsAll() {
    var x = Tensors.normal(new SplittableRandom(2), 5, 7);
    assertArrayEquals(x.toArray(), dropped(x, 0f, 3));
    assertArrayEquals(new float[35], dropped(x, 1f, 3));
  }

  private static float[] dropped(Tensor x, float rate, long seed) {
    var y = Tensors.zeros(x.rows(), x.cols());
    Elementwise.dropout(x, (int) x.rows(), rate, seed, y);
    return y.toArray();
  }
}

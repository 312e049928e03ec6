package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class CrossEntropyTest {
  private static final int[] ONCE = {1, 1, 1, 1, 1, 1, 1, 1, 1};

  @ParameterizedTest
  @Seeds(5)
  void gradientEqualsCentralDifferences(long seed) {
    var random = new SplittableRandom(seed);
    var logits = Tensors.normal(random, 3, 19);
    int[] targets = {random.nextInt(19), 0, 18};
    int[] weights = {1, 4, 2};
    var numeric =
        Tensors.centralDifferences(
            logits,
            1e-2,
            () -> CrossEntropy.forward(logits, 3, targets, weights, 0, false).lossSum());
    CrossEntropy.forward(logits, 3, targets, weights, 0, true);
    assertMaxRelativeError(numeric, logits.toArray(), 1e-3);
  }

  /// Rows are independent, so only the order of two double sums differs.
  @ParameterizedTest
  @Seeds(5)
  void chunksAddUpToTheWhole(long seed) {
    var random = new SplittableRandom(seed);
    var logits = Tensors.normal(random, 9, 33);
    var targets = random.ints(9, 0, 33).toArray();
    var whole = CrossEntropy.forward(Tensors.copy(logits), 9, targets, ONCE, 0, false);
    int cut = random.nextInt(10);
    var sum =
        CrossEntropy.forward(logits.rows(0, cut), cut, targets, ONCE, 0, false)
            .plus(CrossEntropy.forward(logits.rows(cut, 9), 9 - cut, targets, ONCE, cut, false));
    assertEquals(whole.lossSum(), sum.lossSum(), 1e-12 * whole.lossSum());
    assertEquals(whole.correct(), sum.correct());
  }

  /// A target of weight 3 costs as much as three rows.
  @ParameterizedTest
  @Seeds(5)
  void weightsCountRows(long seed) {
    var random = new SplittableRandom(seed);
    var logits = Tensors.normal(random, 1, 33);
    int[] targets = {random.nextInt(33)};
    var once = CrossEntropy.forward(Tensors.copy(logits), 1, targets, ONCE, 0, false);
    var thrice = CrossEntropy.forward(logits, 1, targets, new int[] {3}, 0, true);
    assertEquals(3 * once.lossSum(), thrice.lossSum(), 1e-12 * thrice.lossSum());
    assertEquals(3 * once.correct(), thrice.correct());
  }

  @Test
  void impossibleTokensCostNothingAndGetNoGradient() {
    float none = Float.NEGATIVE_INFINITY;
    var logits = Tensors.of(new float[] {none, 1, none, 1, none}, 1, 5);
    var score = CrossEntropy.forward(logits, 1, new int[] {1}, ONCE, 0, true);
    assertEquals(Math.log(2), score.lossSum(), 1e-6);
    assertEquals(1, score.correct());
    assertClose(new float[] {0, -0.5f, 0, 0.5f, 0}, logits.toArray(), 1e-6, 1e-30);
  }

  @Test
  void impossibleTargetCostsInfinitely() {
    var logits = Tensors.of(new float[] {0, Float.NEGATIVE_INFINITY}, 1, 2);
    assertEquals(
        Double.POSITIVE_INFINITY,
        CrossEntropy.forward(logits, 1, new int[] {1}, ONCE, 0, false).lossSum());
  }

  @Test
  void logitsOfTenThousandDoNotOverflow() {
    var logits = Tensors.of(new float[] {1e4f, -1e4f, 1e4f}, 1, 3);
    var score = CrossEntropy.forward(logits, 1, new int[] {1}, ONCE, 0, true);
    assertEquals(2e4 + Math.log(2), score.lossSum(), 1e-2);
    assertClose(new float[] {0.5f, -1f, 0.5f}, logits.toArray(), 1e-3, 1e-30);
  }

  @Test
  void targetOutsideTheVocabularyIsRefused() {
    var logits = Tensors.zeros(2, 3);
    for (int target : new int[] {-1, 3}) {
      var e =
          assertThrows(
              ShapeException.class,
              () -> CrossEntropy.forward(logits, 1, new int[] {target}, ONCE, 0, true));
      assertEquals(
          "crossEntropy: target " + target + " is no column of logits (2, 3)", e.getMessage());
    }
  }
}

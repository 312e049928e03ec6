package dev.hone.tensor;

import static dev.hone.testkit.Close.assertMaxRelativeError;

import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

class RmsNormTest {
  private static final RmsNorm NORM = new RmsNorm(1e-5f);

  /// Differences of f32 results over 2·10⁻² are good to about 10⁻³ of the largest gradient.
  @ParameterizedTest
  @Seeds(10)
  void gradientsEqualCentralDifferences(long seed) {
    var random = new SplittableRandom(seed);
    int rows = random.nextInt(1, 4);
    int channels = random.nextInt(2, 40);
    var x = Tensors.normal(random, rows, channels);
    var w = Tensors.normal(random, 1, channels);
    var dy = Tensors.normal(random, rows, channels);
    var y = Tensors.zeros(rows, channels);
    var r = Tensors.zeros(rows, 1);
    NORM.forward(x, rows, w, y, r);
    var dx = Tensors.zeros(rows, channels);
    var dw = Tensors.zeros(1, channels);
    NORM.backward(x, rows, w, r, dy, dx);
    RmsNorm.backwardWeight(x, rows, r, dy, dw);
    assertMaxRelativeError(differences(x, x, w, dy), dx.toArray(), 2e-3);
    assertMaxRelativeError(differences(w, x, w, dy), dw.toArray(), 2e-3);
  }

  private static float[] differences(Tensor of, Tensor x, Tensor w, Tensor dy) {
    int rows = (int) x.rows();
    var y = Tensors.zeros(rows, x.cols());
    var r = Tensors.zeros(rows, 1);
    return Tensors.centralDifferences(
        of,
        1e-2,
        () -> {
          NORM.forward(x, rows, w, y, r);
          return Tensors.dot(y, dy);
        });
  }

  @ParameterizedTest
  @Seeds(3)
  void gradientsAreAdded(long seed) {
    var random = new SplittableRandom(seed);
    var x = Tensors.normal(random, 3, 21);
    var w = Tensors.normal(random, 1, 21);
    var dy = Tensors.normal(random, 3, 21);
    var r = Tensors.zeros(3, 1);
    NORM.forward(x, 3, w, Tensors.zeros(3, 21), r);
    var once = Tensors.zeros(3, 21);
    NORM.backward(x, 3, w, r, dy, once);
    var twice = Tensors.copy(once);
    NORM.backward(x, 3, w, r, dy, twice);
    Elementwise.add(once, Tensors.copy(once));
    assertMaxRelativeError(once.toArray(), twice.toArray(), 1e-6);
  }
}

package dev.hone.tensor;

/// Rotary position embedding, halves against each other as Hugging Face's Llama has it. (Su et al.
/// 2021, arXiv 2104.09864)
public final class Rope {
  private Rope() {}

  /// Fills the tables for every position: `cos[p][i] = cos(p · inverseFrequencies[i])`, and `sin`
  /// likewise.
  ///
  /// @param inverseFrequencies `D / 2` values, after any scaling
  /// @param cos `(positions, D / 2)`
  public static void tables(double[] inverseFrequencies, Tensor cos, Tensor sin) {
    Shapes.cols("rope", cos, inverseFrequencies.length);
    Shapes.cols("rope", sin, inverseFrequencies.length);
    for (int p = 0; p < cos.rows(); p++) {
      for (int i = 0; i < inverseFrequencies.length; i++) {
        // float32 as in the reference: the product is rounded before the cosine is taken
        float angle = (float) p * (float) inverseFrequencies[i];
        cos.set(p, i, (float) Math.cos(angle));
        sin.set(p, i, (float) Math.sin(angle));
      }
    }
  }

  /// Rotates every head of row `t` to position `positions[t]`, in place.
  ///
  /// @param x `(T, heads · D)`, the first `n` rows in use
  /// @param headDim D; a head's elements behind those that the tables have stay
  public static void forward(
      Tensor x, int[] positions, int n, int headDim, Tensor cos, Tensor sin) {
    rotate(x, positions, n, headDim, cos, sin, 1f);
  }

  /// Turns gradients back, in place.
  public static void backward(
      Tensor dx, int[] positions, int n, int headDim, Tensor cos, Tensor sin) {
    rotate(dx, positions, n, headDim, cos, sin, -1f);
  }

  private static void rotate(
      Tensor x, int[] positions, int n, int headDim, Tensor cos, Tensor sin, float direction) {
    int half = cos.cols();
    Shapes.rows("rope", x, n);
    if (x.cols() % headDim != 0 || 2 * half > headDim) {
      throw new ShapeException(
          "rope",
          "%s is not made of heads of %d, of which %d turn"
              .formatted(x.shape(), headDim, 2 * half));
    }
    for (int t = 0; t < n; t++) {
      Shapes.rows("rope", cos, positions[t] + 1L);
      for (int c = 0; c < x.cols(); c += headDim) {
        Kernels.BEST.rotate(
            x.data(),
            x.at(t) + (long) c * Float.BYTES,
            cos.data(),
            sin.data(),
            cos.at(positions[t]),
            half,
            direction);
      }
    }
  }
}

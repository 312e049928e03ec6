package dev.hone.tensor;

/// Root-mean-square normalisation of every row, scaled by a weight per channel.
///
/// @param eps added to the mean square before its root is taken
/// @param offset added to every weight: 1 for models whose weights are distances from it
public record RmsNorm(float eps, float offset) {
  public RmsNorm(float eps) {
    this(eps, 0);
  }

  /// `y = x · r · (w + offset)`, `r = 1 / √(mean(x²) + eps)`
  ///
  /// @param x `(T, C)`, the first `n` rows in use
  /// @param w `C` elements
  /// @param y `(T, C)`, overwritten; may be `x`
  /// @param r `(T, 1)`, overwritten: what the backward needs
  public void forward(Tensor x, int n, Tensor w, Tensor y, Tensor r) {
    check(x, n, w, y, r);
    for (int t = 0; t < n; t++) {
      r.set(
          t,
          0,
          Kernels.BEST.rmsNorm(x.data(), x.at(t), w.data(), this, x.cols(), y.data(), y.at(t)));
    }
  }

  /// The input's gradient, added to `dx`.
  public void backward(Tensor x, int n, Tensor w, Tensor r, Tensor dy, Tensor dx) {
    check(x, n, w, dy, r);
    Shapes.sameCols("rmsNorm", x, dx);
    Shapes.rows("rmsNorm", dx, n);
    for (int t = 0; t < n; t++) {
      Kernels.BEST.rmsNormBackward(
          x.data(),
          x.at(t),
          w.data(),
          offset,
          r.get(t, 0),
          dy.data(),
          dy.at(t),
          x.cols(),
          dx.data(),
          dx.at(t));
    }
  }

  /// The weight's gradient, added to `dw`.
  public static void backwardWeight(Tensor x, int n, Tensor r, Tensor dy, Tensor dw) {
    check(x, n, dw, dy, r);
    for (int t = 0; t < n; t++) {
      Kernels.BEST.rmsNormBackwardWeight(
          x.data(), x.at(t), r.get(t, 0), dy.data(), dy.at(t), x.cols(), dw.data());
    }
  }

  private static void check(Tensor x, int n, Tensor w, Tensor y, Tensor r) {
    Shapes.rows("rmsNorm", x, n);
    Shapes.rows("rmsNorm", y, n);
    Shapes.rows("rmsNorm", r, n);
    Shapes.cols("rmsNorm", r, 1);
    Shapes.sameCols("rmsNorm", x, y);
    Shapes.vector("rmsNorm", w, x.cols());
  }
}

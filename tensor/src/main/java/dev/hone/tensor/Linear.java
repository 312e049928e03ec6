package dev.hone.tensor;

/// The matrix products of a linear layer with weight `w` of `(out, in)`, as checkpoints store it.
///
/// `beta` says what happens to the output's old content: 0 replaces it, 1 adds to it.
public final class Linear {
  private Linear() {}

  /// `y = alpha · x·wᵀ + beta · y`
  ///
  /// @param x `(T, in)`, the first `n` rows in use
  /// @param w `(out, in)`
  /// @param y `(T, out)`
  public static void forward(Tensor x, int n, Tensor w, float alpha, float beta, Tensor y) {
    check("linear", x, n, w, y);
    MatrixProduct.sgemm(
        false, true, n, y.cols(), x.cols(), alpha, x.data(), 0, x.cols(), w.data(), 0, w.cols(),
        beta, y.data(), 0, y.cols());
  }

  /// A part of [#forward], so that threads may share it out: outputs `fromOut` to `toOut` of rows
  /// `from` to `to`, `y[from:to, fromOut:toOut] = alpha · x[from:to]·w[fromOut:toOut]ᵀ + beta ·
  /// y[…]`.
  ///
  /// An output's bits may depend on which others the part holds.
  public static void part(
      Tensor x,
      int from,
      int to,
      Tensor w,
      int fromOut,
      int toOut,
      float alpha,
      float beta,
      Tensor y) {
    check("linear", x, to, w, y);
    if (from < 0 || fromOut < 0 || toOut > y.cols()) {
      throw new ShapeException(
          "linear",
          "no outputs %d to %d of row %d on in %s".formatted(fromOut, toOut, from, y.shape()));
    }
    long yAt = y.at(from) + (long) fromOut * Float.BYTES;
    MatrixProduct.sgemm(
        false,
        true,
        to - from,
        toOut - fromOut,
        x.cols(),
        alpha,
        x.data(),
        x.at(from),
        x.cols(),
        w.data(),
        w.at(fromOut),
        w.cols(),
        beta,
        y.data(),
        yAt,
        y.cols());
  }

  /// The input's gradient: `dx = alpha · dy·w + beta · dx`
  public static void backward(Tensor dy, int n, Tensor w, float alpha, float beta, Tensor dx) {
    check("linearBackward", dx, n, w, dy);
    MatrixProduct.sgemm(
        false, false, n, dx.cols(), dy.cols(), alpha, dy.data(), 0, dy.cols(), w.data(), 0,
        w.cols(), beta, dx.data(), 0, dx.cols());
  }

  /// The weight's gradient, added: `dw += alpha · dyᵀ·x`
  public static void backwardWeight(Tensor x, int n, Tensor dy, float alpha, Tensor dw) {
    check("linearBackwardWeight", x, n, dw, dy);
    if (n == 0) {
      return;
    }
    MatrixProduct.sgemm(
        true, false, dy.cols(), x.cols(), n, alpha, dy.data(), 0, dy.cols(), x.data(), 0, x.cols(),
        1f, dw.data(), 0, dw.cols());
  }

  /// `y[t] += bias` for the first `n` rows.
  public static void addBias(Tensor bias, int n, Tensor y) {
    addBiasPart(bias, 0, n, 0, y.cols(), y);
  }

  /// A part of [#addBias]: outputs `fromOut` to `toOut` of rows `from` to `to`.
  public static void addBiasPart(Tensor bias, int from, int to, int fromOut, int toOut, Tensor y) {
    Shapes.rows("bias", y, to);
    Shapes.vector("bias", bias, y.cols());
    long first = (long) fromOut * Float.BYTES;
    for (int t = from; t < to; t++) {
      Kernels.BEST.add(y.data(), y.at(t) + first, bias.data(), first, toOut - fromOut);
    }
  }

  /// `dbias += Σₜ dy[t]`
  public static void backwardBias(Tensor dy, int n, Tensor dbias) {
    Shapes.rows("bias", dy, n);
    Shapes.vector("bias", dbias, dy.cols());
    for (int t = 0; t < n; t++) {
      Kernels.BEST.add(dbias.data(), 0, dy.data(), dy.at(t), dy.cols());
    }
  }

  static void check(String operation, Tensor x, int n, Matrix w, Tensor y) {
    Shapes.rows(operation, x, n);
    Shapes.rows(operation, y, n);
    if (x.cols() != w.cols() || y.cols() != w.rows()) {
      throw new ShapeException(
          operation, "x %s, w %s and y %s do not fit".formatted(x.shape(), w.shape(), y.shape()));
    }
  }
}

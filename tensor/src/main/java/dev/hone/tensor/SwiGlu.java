package dev.hone.tensor;

/// The gated activation of the MLP. (Shazeer 2020, arXiv 2002.05202)
public final class SwiGlu {
  private SwiGlu() {}

  /// `y = gate · sigmoid(gate) · up` over the first `n` rows; all `(T, F)`.
  public static void forward(Tensor gate, Tensor up, int n, Tensor y) {
    part(gate, up, 0, n, 0, gate.cols(), y);
  }

  /// A part of [#forward]: columns `fromCol` to `toCol` of rows `from` to `to`.
  public static void part(
      Tensor gate, Tensor up, int from, int to, int fromCol, int toCol, Tensor y) {
    check(gate, up, to, y);
    for (int t = from; t < to; t++) {
      long at = gate.at(t) + (long) fromCol * Float.BYTES;
      Kernels.BEST.swiGlu(gate.data(), up.data(), y.data(), at, toCol - fromCol);
    }
  }

  /// Gradients, written over the inputs: `gate ← dgate`, `up ← dup`.
  public static void backward(Tensor gate, Tensor up, int n, Tensor dy) {
    check(gate, up, n, dy);
    for (int t = 0; t < n; t++) {
      Kernels.BEST.swiGluBackward(gate.data(), up.data(), dy.data(), gate.at(t), gate.cols());
    }
  }

  private static void check(Tensor gate, Tensor up, int n, Tensor y) {
    Shapes.sameCols("swiGlu", gate, up);
    Shapes.sameCols("swiGlu", gate, y);
    Shapes.rows("swiGlu", gate, n);
    Shapes.rows("swiGlu", up, n);
    Shapes.rows("swiGlu", y, n);
  }
}

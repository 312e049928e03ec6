package dev.hone.tensor;

/// The gated activation of the MLP: `y = activation(gate) · up`. (Shazeer 2020, arXiv 2002.05202)
public enum Glu {
  /// With `silu(x) = x · sigmoid(x)`.
  SWIGLU {
    @Override
    void row(Tensor gate, Tensor up, Tensor y, long at, int n) {
      Kernels.BEST.swiGlu(gate.data(), up.data(), y.data(), at, n);
    }

    @Override
    void rowBackward(Tensor gate, Tensor up, Tensor dy, long at, int n) {
      Kernels.BEST.swiGluBackward(gate.data(), up.data(), dy.data(), at, n);
    }
  },

  /// With GELU as approximated by the tangent (`gelu_pytorch_tanh`).
  GEGLU {
    @Override
    void row(Tensor gate, Tensor up, Tensor y, long at, int n) {
      Kernels.BEST.geGlu(gate.data(), up.data(), y.data(), at, n);
    }

    @Override
    void rowBackward(Tensor gate, Tensor up, Tensor dy, long at, int n) {
      Kernels.BEST.geGluBackward(gate.data(), up.data(), dy.data(), at, n);
    }
  };

  abstract void row(Tensor gate, Tensor up, Tensor y, long at, int n);

  abstract void rowBackward(Tensor gate, Tensor up, Tensor dy, long at, int n);

  /// The first `n` rows; all `(T, F)`.
  public void forward(Tensor gate, Tensor up, int n, Tensor y) {
    part(gate, up, 0, n, 0, gate.cols(), y);
  }

  /// A part of [#forward]: columns `fromCol` to `toCol` of rows `from` to `to`.
  public void part(Tensor gate, Tensor up, int from, int to, int fromCol, int toCol, Tensor y) {
    check(gate, up, to, y);
    for (int t = from; t < to; t++) {
      row(gate, up, y, gate.at(t) + (long) fromCol * Float.BYTES, toCol - fromCol);
    }
  }

  /// Gradients, written over the inputs: `gate ← dgate`, `up ← dup`.
  public void backward(Tensor gate, Tensor up, int n, Tensor dy) {
    check(gate, up, n, dy);
    for (int t = 0; t < n; t++) {
      rowBackward(gate, up, dy, gate.at(t), gate.cols());
    }
  }

  private static void check(Tensor gate, Tensor up, int n, Tensor y) {
    Shapes.sameCols("glu", gate, up);
    Shapes.sameCols("glu", gate, y);
    Shapes.rows("glu", gate, n);
    Shapes.rows("glu", up, n);
    Shapes.rows("glu", y, n);
  }
}

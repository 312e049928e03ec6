package dev.hone.tensor;

/// A small matrix laid out for one row at a time, as an adapter's are: its outputs in panels of 16,
/// each with the terms of its sums one after the other.
///
/// For a few thousand weights and a few rows, which may each have other weights, this is faster
/// than a library's product: the weights are read once from their beginning to their end. What a
/// row gives doesn't hang on any other.
///
/// @param data panel after panel, `(panels · in, 16)`, the last panel filled up with zeros
/// @param in terms of a sum
/// @param out outputs
public record Panels(Tensor data, int in, int out) {
  /// Outputs of a panel: a multiple of every vector's length.
  public static final int WIDTH = 16;

  private static final long ROW_BYTES = (long) WIDTH * Float.BYTES;

  /// A copy of `w`.
  ///
  /// @param w `(out, in)`
  /// @param factor every element is multiplied by it
  public static Panels of(Allocator memory, String name, Tensor w, float factor) {
    int in = w.cols();
    int out = Math.toIntExact(w.rows());
    var data = memory.f32(name, (long) Math.ceilDiv(out, WIDTH) * in, WIDTH);
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        data.set((long) (o / WIDTH) * in + i, o % WIDTH, factor * w.get(o, i));
      }
    }
    return new Panels(data, in, out);
  }

  public long byteSize() {
    return data.byteSize();
  }

  /// `y[u] += x[t]·wᵀ`
  ///
  /// @param x `(T, in)`
  /// @param y `(U, out)` or wider
  public void add(Tensor x, int t, Tensor y, int u) {
    check(x, t, y, u);
    Kernels.BEST.panels(
        x.data(), x.at(t), in, data.data(), 0, ROW_BYTES, in * ROW_BYTES, y.data(), y.at(u), out);
  }

  /// `y[u] = x[t]·wᵀ`
  ///
  /// @param x `(T, in)`
  /// @param y `(U, out)` or wider
  public void forward(Tensor x, int t, Tensor y, int u) {
    check(x, t, y, u);
    Kernels.BEST.clear(y.data(), y.at(u), out);
    add(x, t, y, u);
  }

  private void check(Tensor x, int t, Tensor y, int u) {
    Shapes.rows("panels", x, t + 1L);
    Shapes.rows("panels", y, u + 1L);
    if (t < 0 || u < 0 || x.cols() < in || y.cols() < out) {
      throw new ShapeException(
          "panels",
          "row %d of x %s, w (%d, %d) and row %d of y %s do not fit"
              .formatted(t, x.shape(), out, in, u, y.shape()));
    }
  }
}

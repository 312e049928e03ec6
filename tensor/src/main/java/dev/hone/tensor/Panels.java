package dev.hone.tensor;

/// A small matrix laid out for one row at a time, as an adapter's are: its outputs in panels of 16,
/// each with the terms of its sums one after the other. `y[t] += x[t]·wᵀ`.
///
/// A row's bits don't hang on the rows beside it, nor on which outputs are asked for. For a few
/// thousand weights and a few rows, which may each have other weights, this is faster than a
/// library's product.
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

  /// Adds outputs `fromOut` to `toOut` of row `t`: `y[t, fromOut:toOut] += x[t, :in]·wᵀ`.
  ///
  /// @param x `(T, in)` or wider
  /// @param fromOut a panel's first
  /// @param y `(T, out)` or wider
  public void add(Tensor x, int t, int fromOut, int toOut, Tensor y) {
    check(x, t, fromOut, toOut, y);
    long panelBytes = in * ROW_BYTES;
    Kernels.BEST.panels(
        x.data(),
        x.at(t),
        in,
        data.data(),
        fromOut / WIDTH * panelBytes,
        ROW_BYTES,
        panelBytes,
        y.data(),
        y.at(t) + (long) fromOut * Float.BYTES,
        toOut - fromOut);
  }

  /// All outputs of row `t`, in place of what `y` has there.
  public void forward(Tensor x, int t, Tensor y) {
    check(x, t, 0, out, y);
    Kernels.BEST.clear(y.data(), y.at(t), out);
    add(x, t, 0, out, y);
  }

  private void check(Tensor x, int t, int fromOut, int toOut, Tensor y) {
    Shapes.rows("panels", x, t + 1L);
    Shapes.rows("panels", y, t + 1L);
    if (x.cols() < in || y.cols() < out) {
      throw new ShapeException(
          "panels",
          "x %s, w (%d, %d) and y %s do not fit".formatted(x.shape(), out, in, y.shape()));
    }
    if (t < 0 || fromOut < 0 || fromOut % WIDTH != 0 || toOut < fromOut || toOut > out) {
      throw new ShapeException(
          "panels",
          "no outputs %d to %d of row %d in (%d, %d)".formatted(fromOut, toOut, t, out, in));
    }
  }
}

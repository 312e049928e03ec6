package dev.hone.tensor;

/// A factor for every output: `y[t, o] = gain[o] · z[t, o]`.
public final class Gain {
  private Gain() {}

  /// `y = gain · z + beta · y` for the first `n` rows. It is its own backward: `dz = gain · dy`.
  ///
  /// @param z `(T, out)`
  /// @param gain `out` elements
  /// @param beta 0 replaces `y`, 1 adds to it
  /// @param y `(T, out)`; may be `z` itself where it is replaced
  public static void forward(Tensor z, int n, Tensor gain, float beta, Tensor y) {
    part(z, 0, n, gain, 0, y.cols(), beta, y);
  }

  /// A part of [#forward]: outputs `fromOut` to `toOut` of rows `from` to `to`.
  public static void part(
      Tensor z, int from, int to, Tensor gain, int fromOut, int toOut, float beta, Tensor y) {
    Shapes.sameCols("gain", z, y);
    Shapes.rows("gain", z, to);
    Shapes.rows("gain", y, to);
    Shapes.vector("gain", gain, y.cols());
    if (from < 0 || fromOut < 0 || toOut > y.cols() || beta != 0 && beta != 1) {
      throw new ShapeException(
          "gain",
          "no outputs %d to %d of row %d on, times %s, in %s"
              .formatted(fromOut, toOut, from, beta, y.shape()));
    }
    long first = (long) fromOut * Float.BYTES;
    int count = toOut - fromOut;
    for (int t = from; t < to; t++) {
      long zAt = z.at(t) + first;
      long yAt = y.at(t) + first;
      if (beta == 0) {
        Kernels.BEST.multiply(z.data(), zAt, gain.data(), first, y.data(), yAt, count);
      } else {
        Kernels.BEST.multiplyAdd(z.data(), zAt, gain.data(), first, y.data(), yAt, count);
      }
    }
  }

  /// The gain's gradient: `dgain = Σₜ z[t] · dy[t]`
  public static void backwardGain(Tensor z, int n, Tensor dy, Tensor dgain) {
    Shapes.sameCols("gain", z, dy);
    Shapes.rows("gain", z, n);
    Shapes.rows("gain", dy, n);
    Shapes.vector("gain", dgain, dy.cols());
    dgain.clear();
    for (int t = 0; t < n; t++) {
      Kernels.BEST.multiplyAdd(z.data(), z.at(t), dy.data(), dy.at(t), dgain.data(), 0, dy.cols());
    }
  }
}

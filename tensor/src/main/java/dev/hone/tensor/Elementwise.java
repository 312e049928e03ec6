package dev.hone.tensor;

/// Operations on single elements and flat blocks.
public final class Elementwise {
  /// Elements per partial sum: sums over a block don't depend on how it is cut for threads.
  private static final int CHUNK = 1 << 16;

  private Elementwise() {}

  /// `dst += src`, both of one size.
  public static void add(Tensor dst, Tensor src) {
    add(dst, src, 0, dst.size());
  }

  /// `dst += src` over elements `from` to `to` of blocks of one size.
  public static void add(Tensor dst, Tensor src, long from, long to) {
    Shapes.vector("add", src, dst.size());
    for (long i = from; i < to; i += CHUNK) {
      int n = (int) Math.min(CHUNK, to - i);
      Kernels.BEST.add(dst.data(), i * Float.BYTES, src.data(), i * Float.BYTES, n);
    }
  }

  /// `dst += src` over the first `n` rows.
  public static void addRows(Tensor dst, Tensor src, int n) {
    Shapes.sameCols("add", dst, src);
    Shapes.rows("add", dst, n);
    Shapes.rows("add", src, n);
    for (int t = 0; t < n; t++) {
      Kernels.BEST.add(dst.data(), dst.at(t), src.data(), src.at(t), dst.cols());
    }
  }

  /// `dst[t, from:to] += src[t, from:to]`
  public static void addPart(Tensor dst, Tensor src, int t, int from, int to) {
    Shapes.sameCols("add", dst, src);
    Shapes.rows("add", dst, t + 1);
    Shapes.rows("add", src, t + 1);
    if (from < 0 || to > dst.cols()) {
      throw new ShapeException("add", "no columns %d to %d in %s".formatted(from, to, dst.shape()));
    }
    long first = (long) from * Float.BYTES;
    Kernels.BEST.add(dst.data(), dst.at(t) + first, src.data(), src.at(t) + first, to - from);
  }

  /// `dst = src − dst` over the first `n` rows.
  public static void subtractFrom(Tensor src, int n, Tensor dst) {
    scale(dst, n, -1f);
    addRows(dst, src, n);
  }

  /// `x *= factor` over the first `n` rows.
  public static void scale(Tensor x, int n, float factor) {
    Shapes.rows("scale", x, n);
    if (factor == 1) return;
    for (int t = 0; t < n; t++) {
      Kernels.BEST.scale(x.data(), x.at(t), x.cols(), factor);
    }
  }

  /// `x ← cap · tanh(x / cap)` over the first `n` rows.
  public static void softCap(Tensor x, int n, float cap) {
    Shapes.rows("softCap", x, n);
    for (int t = 0; t < n; t++) {
      Kernels.BEST.softCap(x.data(), x.at(t), x.cols(), cap);
    }
  }

  /// The gradient of [#softCap] in place.
  ///
  /// @param y what [#softCap] gave
  public static void softCapBackward(Tensor y, int n, float cap, Tensor dx) {
    Shapes.sameCols("softCap", y, dx);
    Shapes.rows("softCap", y, n);
    Shapes.rows("softCap", dx, n);
    for (int t = 0; t < n; t++) {
      Kernels.BEST.softCapBackward(y.data(), y.at(t), dx.data(), dx.at(t), y.cols(), cap);
    }
  }

  /// `Σ x²` in double, chunk after chunk.
  public static double sumOfSquares(Tensor x) {
    double sum = 0;
    for (long i = 0; i < x.size(); i += CHUNK) {
      sum +=
          Kernels.BEST.sumOfSquares(x.data(), i * Float.BYTES, (int) Math.min(CHUNK, x.size() - i));
    }
    return sum;
  }

  /// `y = x` with some elements dropped and the others scaled up: kept with probability `1 − rate`,
  /// times `1 / (1 − rate)`. The mask comes from `seed` and the element's index, so the same call
  /// gives it again.
  public static void dropout(Tensor x, int n, float rate, long seed, Tensor y) {
    Shapes.sameCols("dropout", x, y);
    Shapes.rows("dropout", x, n);
    Shapes.rows("dropout", y, n);
    float keep = 1 / (1 - rate);
    for (int t = 0; t < n; t++) {
      for (int c = 0; c < x.cols(); c++) {
        y.set(t, c, isKept(seed, (long) t * x.cols() + c, rate) ? x.get(t, c) * keep : 0f);
      }
    }
  }

  /// A bit of the stream `seed` (SplitMix64's mixing of Steele et al. 2014), compared with the
  /// rate.
  private static boolean isKept(long seed, long index, float rate) {
    long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 40) * 0x1p-24f >= rate;
  }
}

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

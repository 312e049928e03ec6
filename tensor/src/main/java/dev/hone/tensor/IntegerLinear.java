package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// A linear layer with an 8-bit weight through integer products: each row of the other operand is
/// rounded to bytes with a scale of its own, the product is exact in 32 bits, and one pass brings
/// both scales back. (Dettmers et al. 2022, arXiv 2208.07339, without its outliers)
///
/// The backward sums over outputs, each of which has a scale of the weight's: that goes into `dy`
/// before it is rounded. Where one part is too coarse, rows are kept in two, `q₁·s₁ + q₂·s₂`, the
/// second of what the first has left: two products instead of one, and an error some 250 times as
/// small.
public final class IntegerLinear {
  /// Sums over more elements than this could leave 32 bits: 127 · 63 · 2¹⁸ < 2³¹.
  private static final int MOST_SUMMED = 1 << 18;

  public static final int MOST_PARTS = 2;

  private IntegerLinear() {}

  /// Memory for integer products.
  ///
  /// @param product what multiplies
  /// @param bytes rounded rows, part after part
  /// @param scales `(parts, T)`
  /// @param sums `(T, widest output)` in 32-bit integers
  /// @param row one row in float32
  public record Scratch(
      IntegerProduct product, MemorySegment bytes, Tensor scales, Tensor sums, Tensor row) {
    /// @param tokens rows, at most
    /// @param forwardBytes elements of a layer's input, at most
    /// @param backwardBytes elements of an output's gradient, at most, parts counted
    /// @param longest row of such a gradient
    /// @param widest input
    public static Scratch allocate(
        IntegerProduct product,
        Allocator memory,
        int tokens,
        long forwardBytes,
        long backwardBytes,
        int longest,
        int widest) {
      String name = "integer products";
      return new Scratch(
          product,
          memory.bytes(name, Math.max(forwardBytes, backwardBytes)),
          memory.f32(name, MOST_PARTS, tokens),
          memory.f32(name, tokens, widest),
          memory.f32(name, 1, longest));
    }
  }

  /// Whether sums over a weight's rows stay within 32 bits.
  static boolean fits(Int8Matrix w) {
    return w.cols() <= MOST_SUMMED;
  }

  /// `y = x·wᵀ + beta · y`
  static void forward(Tensor x, int n, Int8Matrix w, float beta, Scratch s, Tensor y) {
    int in = x.cols();
    int out = y.cols();
    for (int t = 0; t < n; t++) {
      float scale = round(x.data(), x.at(t), in, s.bytes, (long) t * in);
      s.scales.set(0, t, scale);
    }
    // integers and floats are of one size: where nothing is added, sums may lie where they go
    var sums = beta == 0 ? y : sums(s, n, out);
    s.product.multiply(true, n, out, in, s.bytes, 0, in, w.data(), 0, in, sums.data(), 0, out);
    for (int t = 0; t < n; t++) {
      NarrowKernels.BEST.rescale(
          sums.data(),
          sums.at(t),
          out,
          s.scales.get(0, t),
          w.scales().data(),
          beta,
          y.data(),
          y.at(t));
    }
  }

  /// `dx = dy·w + beta · dx`
  ///
  /// @param parts that `dy` is kept in
  static void backward(
      Tensor dy, int n, Int8Matrix w, float beta, int parts, Scratch s, Tensor dx) {
    int out = dy.cols();
    for (int t = 0; t < n; t++) {
      NarrowKernels.BEST.multiply(dy.data(), dy.at(t), w.scales().data(), 0, out, s.row.data());
      for (int part = 0; part < parts; part++) {
        roundPart(s, part, parts, t, n, out);
      }
    }
    float rest = beta;
    for (int part = 0; part < parts; part++) {
      for (int from = 0; from < out; from += MOST_SUMMED) {
        addProduct(s, part, n, out, from, Math.min(MOST_SUMMED, out - from), w, rest, dx);
        rest = 1f;
      }
    }
  }

  private static float round(MemorySegment x, long xAt, int n, MemorySegment q, long qAt) {
    return Int8Matrix.round(x, xAt, n, Int8Matrix.LARGEST_OPERAND, q, qAt);
  }

  /// Rounds the row, and leaves in it what that has left.
  private static void roundPart(Scratch s, int part, int parts, int t, int n, int out) {
    long at = ((long) part * n + t) * out;
    float scale = round(s.row.data(), 0, out, s.bytes, at);
    s.scales.set(part, t, scale);
    if (part + 1 < parts) {
      NarrowKernels.BEST.remainder(s.bytes, at, out, scale, s.row.data(), 0);
    }
  }

  private static void addProduct(
      Scratch s, int part, int n, int out, int from, int k, Int8Matrix w, float beta, Tensor dx) {
    int in = dx.cols();
    var sums = sums(s, n, in);
    long at = (long) part * n * out + from;
    s.product.multiply(
        false, n, in, k, s.bytes, at, out, w.data(), w.at(from), in, sums.data(), 0, in);
    for (int t = 0; t < n; t++) {
      NarrowKernels.BEST.rescale(
          sums.data(), sums.at(t), in, s.scales.get(part, t), beta, dx.data(), dx.at(t));
    }
  }

  private static Tensor sums(Scratch s, int n, int cols) {
    return Tensor.of(s.sums.data().asSlice(0, Tensor.byteSize(n, cols)), n, cols);
  }
}

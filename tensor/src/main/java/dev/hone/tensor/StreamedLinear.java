package dev.hone.tensor;

/// A linear layer of one row, as in decoding, where reading the weight is nearly all the work.
///
/// A processor fetches memory ahead, faster in several streams than in one, but stumbles where a
/// stream begins and fetches too much where it ends. So a weight's rows are cut into four quarters
/// that are read side by side, and threads share out *groups*: a row of each quarter. Who takes one
/// run of groups after the other goes on in the same four streams.
///
/// An output's bits don't depend on how groups are shared out.
public final class StreamedLinear {
  private static final int STREAMS = RowKernels.STREAMS;

  private StreamedLinear() {}

  /// Groups of a weight's rows. The last has those that are left over.
  public static int groups(Matrix w) {
    return Math.max(1, quarter(w));
  }

  private static int quarter(Matrix w) {
    return Math.toIntExact(w.rows() / STREAMS);
  }

  /// The outputs of groups `from` to `to` of `y = x·wᵀ + beta · y`; rows are widened as they stream
  /// by.
  ///
  /// @param x `(1, in)`
  /// @param w `(out, in)`
  /// @param beta 0 replaces `y`, 1 adds to it
  /// @param y `(1, out)`
  public static void part(Tensor x, Matrix w, int from, int to, float beta, Tensor y) {
    Linear.check("streamedLinear", x, 1, w, y);
    int groups = groups(w);
    if (from < 0 || from > to || to > groups) {
      throw new ShapeException(
          "streamedLinear", "no groups %d to %d among %d".formatted(from, to, groups));
    }
    int quarter = quarter(w);
    if (quarter > 0) {
      rows(x, w, from, to - from, quarter, beta, y);
    }
    if (to == groups) {
      for (int left = STREAMS * quarter; left < w.rows(); left++) {
        rows(x, w, left, 1, 0, beta, y);
      }
    }
  }

  /// @param apart rows from stream to stream; 0 where a row goes alone
  private static void rows(Tensor x, Matrix w, int first, int n, int apart, float beta, Tensor y) {
    var kernels = RowKernels.BEST;
    long yAt = (long) first * Float.BYTES;
    switch (w) {
      case Tensor full ->
          kernels.dotF32(
              full.data(), full.at(first), n, apart, x.data(), 0, x.cols(), beta, y.data(), yAt);
      case Bf16Matrix half ->
          kernels.dotBf16(
              half.data(), half.at(first), n, apart, x.data(), 0, x.cols(), beta, y.data(), yAt);
      case Int8Matrix bytes ->
          kernels.dotInt8(
              bytes.data(),
              bytes.at(first),
              bytes.scales().data(),
              yAt,
              n,
              apart,
              x.data(),
              0,
              x.cols(),
              beta,
              y.data(),
              yAt);
      case BlockMatrix blocks -> {
        for (int s = 0; s < (apart == 0 ? 1 : STREAMS); s++) {
          long from = first + (long) s * apart;
          blocks.multiply(x, from, from + n, beta, y);
        }
      }
    }
  }
}

package dev.hone.tensor;

/// A linear layer of one row, as in decoding, where reading the weight is nearly all the work.
///
/// A processor fetches memory ahead, faster in several streams than in one, but stumbles where a
/// stream begins and fetches too much where it ends. So a weight's rows are cut into four quarters
/// that are read side by side, and threads share out *groups*: a row of each quarter. Who takes one
/// run of groups after the other goes on in the same four streams. Blocks of fewer than 8 bits,
/// where unpacking is the work, are in groups of neighbours.
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
    var kernels = RowKernels.BEST;
    var in = x.data();
    var out = y.data();
    int n = x.cols();
    switch (w) {
      case Tensor full ->
          inQuarters(
              w,
              from,
              to,
              (first, rows, apart) ->
                  kernels.dotF32(full.data(), first, rows, apart, in, n, beta, out));
      case Bf16Matrix half ->
          inQuarters(
              w,
              from,
              to,
              (first, rows, apart) ->
                  kernels.dotBf16(half.data(), first, rows, apart, in, n, beta, out));
      case Int8Matrix bytes -> {
        var scales = bytes.scales().data();
        inQuarters(
            w,
            from,
            to,
            (first, rows, apart) ->
                kernels.dotInt8(bytes.data(), scales, first, rows, apart, in, n, beta, out));
      }
      case BlockMatrix q8 when q8.type() == BlockType.Q8_0 && kernels.takesQ8() -> {
        int paired = q8.pairedRows();
        inQuarters(
            w,
            from,
            to,
            (first, rows, apart) ->
                kernels.dotQ8(q8.data(), paired, first, rows, apart, in, n, beta, out));
      }
      case BlockMatrix blocks -> {
        long end = to == groups ? w.rows() : (long) STREAMS * to;
        blocks.multiply(x, (long) STREAMS * from, end, beta, y);
      }
    }
  }

  /// Rows from `first` on, in four streams `apart` from each other; 0 where a row goes alone.
  private interface Rows {
    void run(int first, int rows, int apart);
  }

  private static void inQuarters(Matrix w, int from, int to, Rows rows) {
    int quarter = quarter(w);
    if (quarter > 0) {
      rows.run(from, to - from, quarter);
    }
    if (to == groups(w)) {
      for (int left = STREAMS * quarter; left < w.rows(); left++) {
        rows.run(left, 1, 0);
      }
    }
  }
}

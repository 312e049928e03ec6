package dev.hone.tensor;

/// Products of a linear layer with rows that have nothing to do with each other, so that what one
/// row gives doesn't hang on how many are beside it.
///
/// A library sums in another order for a few rows than for many. oneDNN has two ways with AVX-512,
/// one for 2 to 15 rows and one for more. With AVX2 it takes six rows at a time, sums otherwise
/// where one, two or three are left, and cuts what has more than 147 rows where it likes. Apart
/// from that a row's bits are the same whatever rows and outputs are asked for, wherever it lies,
/// as long as there are 16 outputs (`SteadyLinearTest`). So a row goes one [Way] for good, and who
/// has too few rows for it lets some idle ones run along. OpenBLAS promises nothing of the kind:
/// there rows agree but for rounding.
public final class SteadyLinear {
  /// Whether it is oneDNN with AVX2 alone.
  private static final boolean IS_BY_SIX =
      MatrixProduct.LIBRARY instanceof OneDnn && !OneDnn.hasAvx512();

  private static final int SIX = 6;
  private static final int LEAST_OF_SIX = 4;
  private static final int MOST_BY_SIX = 96;

  /// Rows of the longest product of the first kind.
  private static final int MOST_OF_FEW = 15;

  /// The fewest outputs to ask for, where a layer has more.
  public static final int LEAST_OUTPUTS = 16;

  private SteadyLinear() {}

  /// How rows are multiplied; with AVX2 all are alike.
  public enum Way {
    /// In products of 2 to 15 rows: for rows that come one by one, as in decoding.
    FEW(2),
    /// In one product of 16 or more: for rows that come together, as those of a prompt.
    MANY(MOST_OF_FEW + 1);

    private final int leastRows;

    Way(int leastRows) {
      this.leastRows = leastRows;
    }

    /// How many rows `n` take, idle ones included; none where there are none.
    public int padded(int n) {
      if (IS_BY_SIX) {
        int left = n % SIX;
        return left == 0 ? n : n - left + Math.max(left, LEAST_OF_SIX);
      }
      return n == 0 ? 0 : Math.max(n, leastRows);
    }
  }

  /// `y[from:to, fromOut:toOut] = x[from:to]·w[fromOut:toOut]ᵀ + beta · y[…]`
  ///
  /// @param from the first row, of [Way#padded] ones or none
  /// @param w `(out, in)`; a narrow one is widened block by block
  /// @param beta 0 replaces `y`, 1 adds to it
  public static void part(
      Way way,
      Tensor x,
      int from,
      int to,
      Matrix w,
      int fromOut,
      int toOut,
      float beta,
      BaseLinear.Scratch scratch,
      Tensor y) {
    check(way, x, from, to, w, fromOut, toOut, y);
    switch (w) {
      case Tensor full -> rows(way, x, from, to, full.rows(fromOut, toOut), fromOut, beta, y);
      case NarrowMatrix narrow -> {
        int most = BaseLinear.rowsAtOnce(narrow, scratch.block());
        for (int out = fromOut; out < toOut; ) {
          int n = outputs(toOut - out, most);
          var wide = BaseLinear.widened(narrow, out, n, scratch.block());
          rows(way, x, from, to, wide, out, beta, y);
          out += n;
        }
      }
    }
  }

  /// How many of `left` outputs come next, `most` at a time: not so many that too few are left.
  private static int outputs(int left, int most) {
    boolean leavesTooFew = left > most && left - most < LEAST_OUTPUTS;
    return leavesTooFew && most > LEAST_OUTPUTS ? most - LEAST_OUTPUTS : Math.min(left, most);
  }

  private static void rows(
      Way way, Tensor x, int from, int to, Tensor w, int fromOut, float beta, Tensor y) {
    int n = to - from;
    if (IS_BY_SIX) {
      for (int first = from; first < to; first += MOST_BY_SIX) {
        BaseLinear.product(x, first, Math.min(to, first + MOST_BY_SIX), w, fromOut, beta, y);
      }
      return;
    }
    int products = way == Way.FEW ? Math.ceilDiv(n, MOST_OF_FEW) : Math.min(n, 1);
    for (int i = 0; i < products; i++) { // of about one height, so that none has a single row
      int first = from + n * i / products;
      BaseLinear.product(x, first, from + n * (i + 1) / products, w, fromOut, beta, y);
    }
  }

  private static void check(
      Way way, Tensor x, int from, int to, Matrix w, int fromOut, int toOut, Tensor y) {
    Linear.check("steadyLinear", x, to, w, y);
    if (from < 0 || way.padded(to - from) != to - from) {
      throw new ShapeException(
          "steadyLinear", "rows %d to %d are too few for %s".formatted(from, to, way));
    }
    if (fromOut < 0 || toOut > y.cols()) {
      throw new ShapeException(
          "steadyLinear", "no outputs %d to %d in %s".formatted(fromOut, toOut, y.shape()));
    }
  }
}

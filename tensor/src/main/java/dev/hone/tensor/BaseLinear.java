package dev.hone.tensor;

/// The matrix products of a linear layer whose weight may be kept in fewer bits.
///
/// A narrow weight is widened block by block, so that only one block exists in float32 and the
/// product is that of float32 with the rounded weight: this is what such a model *is*, and what
/// scoring and generating compute. Where [Scratch] has room for integers, products with an
/// [Int8Matrix] round the other operand as well ([IntegerLinear]), which is faster and close enough
/// to learn from.
public final class BaseLinear {
  /// Floats of one widened block, unless a single row is longer: 1 MB stays in the second-level
  /// cache.
  private static final int BLOCK_FLOATS = 1 << 18;

  private BaseLinear() {}

  /// Memory for products with narrow weights.
  ///
  /// @param block one widened block; null where no weight is narrow
  /// @param integers null to compute with the weights as they are kept and all else in float32
  public record Scratch(Tensor block, IntegerLinear.Scratch integers) {
    /// For weights in float32, which need none.
    public static final Scratch NONE = new Scratch(null, null);

    /// @param widest the longest row of a narrow weight
    public static Scratch allocate(Allocator memory, int widest) {
      int floats = Math.max(BLOCK_FLOATS, widest);
      return new Scratch(memory.f32("widened weights", 1, floats), null);
    }

    /// The same, with products in integers where a weight has 8 bits.
    public Scratch with(IntegerLinear.Scratch other) {
      return new Scratch(block, other);
    }
  }

  /// `y = x·wᵀ + beta · y`
  ///
  /// @param x `(T, in)`, the first `n` rows in use
  /// @param w `(out, in)`
  /// @param beta 0 replaces `y`, 1 adds to it
  /// @param y `(T, out)`
  public static void forward(Tensor x, int n, Matrix w, float beta, Scratch scratch, Tensor y) {
    Linear.check("linear", x, n, w, y);
    switch (w) {
      case Tensor full -> Linear.forward(x, n, full, 1f, beta, y);
      case Bf16Matrix _, BlockMatrix _ -> part(x, 0, n, w, 0, y.cols(), beta, scratch, y);
      case Int8Matrix narrow -> {
        if (scratch.integers != null && IntegerLinear.fits(narrow)) {
          IntegerLinear.forward(x, n, narrow, beta, scratch.integers, y);
        } else {
          part(x, 0, n, narrow, 0, y.cols(), beta, scratch, y);
        }
      }
    }
  }

  /// The input's gradient: `dx = dy·w + beta · dx`
  public static void backward(Tensor dy, int n, Matrix w, float beta, Scratch scratch, Tensor dx) {
    backward(dy, n, w, beta, 1, scratch, dx);
  }

  /// The same for the head, where `dy` is the gradient of logits: one large element in a row and
  /// thousands of small ones that matter together. In integers it takes two parts.
  public static void backwardLogits(Tensor dy, int n, Matrix w, Scratch scratch, Tensor dx) {
    backward(dy, n, w, 0f, IntegerLinear.MOST_PARTS, scratch, dx);
  }

  private static void backward(
      Tensor dy, int n, Matrix w, float beta, int parts, Scratch scratch, Tensor dx) {
    Linear.check("linearBackward", dx, n, w, dy);
    switch (w) {
      case Tensor full -> Linear.backward(dy, n, full, 1f, beta, dx);
      case Bf16Matrix narrow -> backwardWidened(dy, n, narrow, beta, scratch.block, dx);
      case BlockMatrix narrow -> backwardWidened(dy, n, narrow, beta, scratch.block, dx);
      case Int8Matrix narrow -> {
        if (scratch.integers != null && IntegerLinear.fits(narrow)) {
          IntegerLinear.backward(dy, n, narrow, beta, parts, scratch.integers, dx);
        } else {
          backwardWidened(dy, n, narrow, beta, scratch.block, dx);
        }
      }
    }
  }

  /// A part of [#forward] in float32, so that threads may share it out: outputs `fromOut` to
  /// `toOut` of rows `from` to `to`. A narrow weight goes block after block of outputs; for a
  /// single row [StreamedLinear] is faster.
  public static void part(
      Tensor x,
      int from,
      int to,
      Matrix w,
      int fromOut,
      int toOut,
      float beta,
      Scratch scratch,
      Tensor y) {
    Linear.check("linear", x, to, w, y);
    if (from < 0 || fromOut < 0 || toOut > y.cols()) {
      throw new ShapeException(
          "linear",
          "no outputs %d to %d of row %d on in %s".formatted(fromOut, toOut, from, y.shape()));
    }
    switch (w) {
      case Tensor full -> Linear.part(x, from, to, full, fromOut, toOut, 1f, beta, y);
      case NarrowMatrix narrow ->
          partWidened(x, from, to, narrow, fromOut, toOut, beta, scratch.block, y);
    }
  }

  private static void partWidened(
      Tensor x,
      int from,
      int to,
      NarrowMatrix w,
      int fromOut,
      int toOut,
      float beta,
      Tensor block,
      Tensor y) {
    int most = rowsAtOnce(w, block);
    for (int out = fromOut; out < toOut; out += most) {
      int rows = Math.min(most, toOut - out);
      product(x, from, to, widened(w, out, rows, block), out, beta, y);
    }
  }

  /// Rows `from` to `to` with some rows of a weight, for the outputs from `fromOut` on.
  static void product(Tensor x, int from, int to, Tensor w, int fromOut, float beta, Tensor y) {
    MatrixProduct.sgemm(
        false,
        true,
        to - from,
        (int) w.rows(),
        x.cols(),
        1f,
        x.data(),
        x.at(from),
        x.cols(),
        w.data(),
        0,
        w.cols(),
        beta,
        y.data(),
        y.at(from) + (long) fromOut * Float.BYTES,
        y.cols());
  }

  /// Block after block of what is summed over.
  private static void backwardWidened(
      Tensor dy, int n, NarrowMatrix w, float beta, Tensor block, Tensor dx) {
    int most = rowsAtOnce(w, block);
    for (int from = 0; from < w.rows(); from += most) {
      int rows = (int) Math.min(most, w.rows() - from);
      var wide = widened(w, from, rows, block);
      long dyAt = (long) from * Float.BYTES;
      MatrixProduct.sgemm(
          false,
          false,
          n,
          dx.cols(),
          rows,
          1f,
          dy.data(),
          dyAt,
          dy.cols(),
          wide.data(),
          0,
          wide.cols(),
          from == 0 ? beta : 1f,
          dx.data(),
          0,
          dx.cols());
    }
  }

  static int rowsAtOnce(NarrowMatrix w, Tensor block) {
    return Math.toIntExact(Math.min(w.rows(), block.size() / w.cols()));
  }

  static Tensor widened(NarrowMatrix w, int from, int rows, Tensor block) {
    var data = block.data().asSlice(0, Tensor.byteSize(rows, w.cols()));
    var wide = Tensor.of(data, rows, w.cols());
    w.widen(from, rows, wide);
    return wide;
  }
}

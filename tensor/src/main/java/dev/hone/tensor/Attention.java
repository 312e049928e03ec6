package dev.hone.tensor;

/// Causal attention with grouped key/value heads, in blocks of queries: `T × T` scores never exist.
/// (Vaswani et al. 2017, arXiv 1706.03762; Ainslie et al. 2023, arXiv 2305.13245; Dao et al. 2022,
/// arXiv 2205.14135)
///
/// A sequence is `length` query rows from `queryRow` on, and `past + length` key/value rows from
/// `keyRow` on: query `i` sees the first `past + i + 1` of them. Training has no past and both
/// start at the same row; generation keeps keys and values of earlier tokens in front.
///
/// The forward keeps one number per query and head, the log of the softmax's denominator (`lse`),
/// from which the backward makes each block's weights again.
public final class Attention {
  /// Queries per block: scores of one block stay in the second-level cache up to some thousand
  /// keys.
  static final int BLOCK = 64;

  private final int numHeads;
  private final int numKvHeads;
  private final int headDim;
  private final float scale;

  public Attention(int numHeads, int numKvHeads, int headDim) {
    if (numHeads % numKvHeads != 0) {
      throw new ShapeException(
          "attention", numHeads + " heads over " + numKvHeads + " key/value heads");
    }
    this.numHeads = numHeads;
    this.numKvHeads = numKvHeads;
    this.headDim = headDim;
    this.scale = (float) (1 / Math.sqrt(headDim));
  }

  /// One sequence inside packed rows.
  public record Span(long queryRow, int length, long keyRow, int past) {
    int keys() {
      return past + length;
    }
  }

  /// Scores of one block of queries, and their gradient; one per worker.
  public record Scratch(Tensor scores, Tensor dscores) {
    /// @param maxKeys the longest sequence, past included
    public static Scratch allocate(Allocator memory, int maxKeys, boolean training) {
      return new Scratch(
          memory.f32("attention scores", BLOCK, maxKeys),
          memory.f32("attention scores", training ? BLOCK : 0, maxKeys));
    }
  }

  /// `out = softmax(q·kᵀ / √D, causal)·v`, head by head.
  ///
  /// @param q `(T, H·D)`
  /// @param k `(S, Hkv·D)`, and `v` likewise
  /// @param out `(T, H·D)`, overwritten in the sequence's rows
  /// @param lse `(T, H)`, overwritten in the sequence's rows
  public void forward(
      Tensor q, Tensor k, Tensor v, Span span, Scratch scratch, Tensor out, Tensor lse) {
    check(q, k, v, span, scratch, out, lse);
    for (int head = 0; head < numHeads; head++) {
      for (int from = 0; from < span.length(); from += BLOCK) {
        int n = Math.min(BLOCK, span.length() - from);
        weights(q, k, span, head, from, n, scratch.scores(), lse, true);
        int keys = span.past() + from + n;
        product(scratch.scores(), n, keys, v, span.keyRow(), head, out, span.queryRow() + from);
      }
    }
  }

  /// Gradients of [#forward] for a sequence without past.
  ///
  /// @param out what the forward returned; `dout` its gradient
  /// @param dq `(T, H·D)`, overwritten in the sequence's rows
  /// @param dk `(T, Hkv·D)`, overwritten in the sequence's rows; `dv` likewise
  public void backward(
      Tensor q,
      Tensor k,
      Tensor v,
      Span span,
      Scratch scratch,
      Tensor out,
      Tensor lse,
      Tensor dout,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    check(q, k, v, span, scratch, out, lse);
    check(dq, dk, dv, span, scratch, dout, lse);
    if (span.past() != 0) {
      throw new ShapeException("attentionBackward", "a sequence with a past has no backward");
    }
    dk.rows(span.keyRow(), span.keyRow() + span.length()).clear();
    dv.rows(span.keyRow(), span.keyRow() + span.length()).clear();
    for (int head = 0; head < numHeads; head++) {
      for (int from = 0; from < span.length(); from += BLOCK) {
        int n = Math.min(BLOCK, span.length() - from);
        long row = span.queryRow() + from;
        int keys = from + n;
        weights(q, k, span, head, from, n, scratch.scores(), lse, false);
        accumulate(scratch.scores(), n, keys, dout, row, head, dv, span.keyRow());
        scores(dout, v, row, span.keyRow(), head, n, keys, scratch.dscores());
        softmaxBackward(out, dout, span, head, from, n, scratch);
        product(scratch.dscores(), n, keys, k, span.keyRow(), head, dq, row);
        accumulate(scratch.dscores(), n, keys, q, row, head, dk, span.keyRow());
      }
    }
  }

  /// The softmax weights of queries `from` to `from + n`: made with the denominators, or again from
  /// them.
  private void weights(
      Tensor q,
      Tensor k,
      Span span,
      int head,
      int from,
      int n,
      Tensor scores,
      Tensor lse,
      boolean first) {
    int keys = span.past() + from + n;
    long row = span.queryRow() + from;
    scores(q, k, row, span.keyRow(), head, n, keys, scores);
    for (int i = 0; i < n; i++) {
      long at = (long) i * keys * Float.BYTES;
      int visible = keys - n + i + 1;
      if (first) {
        lse.set(row + i, head, Kernels.BEST.softmax(scores.data(), at, visible, scale));
      } else {
        Kernels.BEST.softmaxAgain(scores.data(), at, visible, scale, lse.get(row + i, head));
      }
      hideFuture(scores, i, keys, visible);
    }
  }

  private static void hideFuture(Tensor scores, int i, int keys, int visible) {
    Kernels.BEST.clear(scores.data(), ((long) i * keys + visible) * Float.BYTES, keys - visible);
  }

  private void softmaxBackward(
      Tensor out, Tensor dout, Span span, int head, int from, int n, Scratch scratch) {
    int keys = from + n;
    for (int i = 0; i < n; i++) {
      long row = span.queryRow() + from + i;
      long channel = (long) head * headDim * Float.BYTES;
      float delta =
          Kernels.BEST.dot(
              out.data(), out.at(row) + channel, dout.data(), dout.at(row) + channel, headDim);
      long at = (long) i * keys * Float.BYTES;
      int visible = keys - n + i + 1;
      Kernels.BEST.softmaxBackward(
          scratch.scores().data(), at, scratch.dscores().data(), at, visible, delta, scale);
      hideFuture(scratch.dscores(), i, keys, visible);
    }
  }

  /// `scores (n, keys) = x[row …] · y[keyRow …]ᵀ`, one query head of `x` against its key/value head
  /// of `y`.
  private void scores(
      Tensor x, Tensor y, long row, long keyRow, int head, int n, int keys, Tensor scores) {
    MatrixProduct.sgemm(
        false,
        true,
        n,
        keys,
        headDim,
        1f,
        x.data(),
        query(x, row, head),
        x.cols(),
        y.data(),
        key(y, keyRow, head),
        y.cols(),
        0f,
        scores.data(),
        0,
        keys);
  }

  /// `out[row …] = weights (n, keys) · y[keyRow …]`
  private void product(
      Tensor weights, int n, int keys, Tensor y, long keyRow, int head, Tensor out, long row) {
    MatrixProduct.sgemm(
        false,
        false,
        n,
        headDim,
        keys,
        1f,
        weights.data(),
        0,
        keys,
        y.data(),
        key(y, keyRow, head),
        y.cols(),
        0f,
        out.data(),
        query(out, row, head),
        out.cols());
  }

  /// `dy[keyRow …] += weightsᵀ (keys, n) · x[row …]`
  private void accumulate(
      Tensor weights, int n, int keys, Tensor x, long row, int head, Tensor dy, long keyRow) {
    MatrixProduct.sgemm(
        true,
        false,
        keys,
        headDim,
        n,
        1f,
        weights.data(),
        0,
        keys,
        x.data(),
        query(x, row, head),
        x.cols(),
        1f,
        dy.data(),
        key(dy, keyRow, head),
        dy.cols());
  }

  private long query(Tensor x, long row, int head) {
    return x.at(row) + (long) head * headDim * Float.BYTES;
  }

  private long key(Tensor y, long row, int head) {
    return y.at(row) + (long) (head / (numHeads / numKvHeads)) * headDim * Float.BYTES;
  }

  private void check(
      Tensor q, Tensor k, Tensor v, Span span, Scratch scratch, Tensor out, Tensor lse) {
    Shapes.cols("attention", q, numHeads * headDim);
    Shapes.cols("attention", out, numHeads * headDim);
    Shapes.cols("attention", k, numKvHeads * headDim);
    Shapes.cols("attention", v, numKvHeads * headDim);
    Shapes.cols("attention", lse, numHeads);
    Shapes.rows("attention", q, span.queryRow() + span.length());
    Shapes.rows("attention", out, span.queryRow() + span.length());
    Shapes.rows("attention", lse, span.queryRow() + span.length());
    Shapes.rows("attention", k, span.keyRow() + span.keys());
    Shapes.rows("attention", v, span.keyRow() + span.keys());
    if (scratch.scores().cols() < span.keys()) {
      throw new ShapeException(
          "attention",
          "%d keys, but scratch for %d".formatted(span.keys(), scratch.scores().cols()));
    }
  }
}

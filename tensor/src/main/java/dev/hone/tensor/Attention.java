package dev.hone.tensor;

/// Causal attention with grouped key/value heads, in blocks of queries: `T × T` scores never exist.
/// (Vaswani et al. 2017, arXiv 1706.03762; Ainslie et al. 2023, arXiv 2305.13245; Dao et al. 2022,
/// arXiv 2205.14135)
///
/// [Spans] say which keys a query sees: those of the span it lies in up to its own, and all that
/// the span stands on. The scores of one block over all these keys lie side by side, so that a
/// common head of several rows is computed once and seen by all of them; its gradients add up.
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

  /// Scores of one block of queries, and their gradient; one per worker.
  public record Scratch(Tensor scores, Tensor dscores, KeyRanges ranges) {
    /// @param maxKeys the longest sequence, what it stands on included
    public static Scratch allocate(Allocator memory, int maxKeys, boolean training) {
      return new Scratch(
          memory.f32("attention scores", BLOCK, maxKeys),
          memory.f32("attention scores", training ? BLOCK : 0, maxKeys),
          new KeyRanges());
    }
  }

  /// `out = softmax(q·kᵀ / √D, causal)·v`, span by span and head by head.
  ///
  /// @param q `(T, H·D)`
  /// @param k `(S, Hkv·D)`, and `v` likewise
  /// @param out `(T, H·D)`, overwritten in the spans' rows
  /// @param lse `(T, H)`, overwritten in the spans' rows
  public void forward(
      Tensor q, Tensor k, Tensor v, Spans spans, Scratch scratch, Tensor out, Tensor lse) {
    for (int s = 0; s < spans.size(); s++) {
      if (spans.hasQueries(s)) {
        forward(q, k, v, spans, s, scratch, out, lse);
      }
    }
  }

  private void forward(
      Tensor q,
      Tensor k,
      Tensor v,
      Spans spans,
      int span,
      Scratch scratch,
      Tensor out,
      Tensor lse) {
    check(q, k, v, spans, span, scratch, out, lse);
    scratch.ranges().set(spans, span);
    for (int head = 0; head < numHeads; head++) {
      for (int from = 0; from < spans.length(span); from += BLOCK) {
        block(q, k, v, Block.of(spans, span, from), head, scratch, out, lse);
      }
    }
  }

  private void block(
      Tensor q,
      Tensor k,
      Tensor v,
      Block block,
      int head,
      Scratch scratch,
      Tensor out,
      Tensor lse) {
    weights(q, k, block, head, scratch, lse, true);
    product(scratch.scores(), block, scratch.ranges(), v, head, out);
  }

  /// One head's block of queries of [#forward], so that threads may share blocks out.
  ///
  /// @param block from 0, [#blocks] of them
  public void block(
      Tensor q,
      Tensor k,
      Tensor v,
      Spans spans,
      int span,
      int head,
      int block,
      Scratch scratch,
      Tensor out,
      Tensor lse) {
    check(q, k, v, spans, span, scratch, out, lse);
    scratch.ranges().set(spans, span);
    block(q, k, v, Block.of(spans, span, block * BLOCK), head, scratch, out, lse);
  }

  /// Blocks of queries in a span of `length` tokens.
  public static int blocks(int length) {
    return Math.ceilDiv(length, BLOCK);
  }

  /// One head of a single query that sees the first `keys` keys, without a matrix product: for
  /// decoding, where keys and values are read once and everything else is small.
  ///
  /// @param q `(1, H·D)`
  /// @param k `(S, Hkv·D)`, and `v` likewise
  /// @param out `(1, H·D)`, overwritten in the head's columns
  public void single(
      Tensor q, Tensor k, Tensor v, int keys, int head, Scratch scratch, Tensor out) {
    var scores = scratch.scores();
    Shapes.cols("attention", q, numHeads * headDim);
    Shapes.cols("attention", out, numHeads * headDim);
    Shapes.cols("attention", k, numKvHeads * headDim);
    Shapes.cols("attention", v, numKvHeads * headDim);
    Shapes.rows("attention", k, keys);
    Shapes.rows("attention", v, keys);
    if (scores.size() < keys) {
      throw new ShapeException("attention", keys + " keys, but scratch for " + scores.size());
    }
    Kernels.BEST.rowsDot(
        k.data(),
        key(k, 0, head),
        k.at(1),
        keys,
        q.data(),
        query(q, 0, head),
        headDim,
        1f,
        0f,
        scores.data(),
        0);
    Kernels.BEST.softmax(scores.data(), 0, keys, scale);
    Kernels.BEST.weightedRows(
        scores.data(),
        0,
        keys,
        v.data(),
        key(v, 0, head),
        v.at(1),
        headDim,
        out.data(),
        query(out, 0, head));
  }

  /// Gradients of [#forward]; every span must have its queries.
  ///
  /// @param out what the forward returned; `dout` its gradient
  /// @param dq `(T, H·D)`, overwritten in the spans' rows
  /// @param dk `(T, Hkv·D)`, overwritten in the spans' rows; `dv` likewise
  public void backward(
      Tensor q,
      Tensor k,
      Tensor v,
      Spans spans,
      Scratch scratch,
      Tensor out,
      Tensor lse,
      Tensor dout,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    for (int s = 0; s < spans.size(); s++) {
      if (!spans.hasQueries(s)) {
        throw new ShapeException("attentionBackward", "span %d has no queries".formatted(s));
      }
      check(q, k, v, spans, s, scratch, out, lse);
      check(dq, dk, dv, spans, s, scratch, dout, lse);
      clear(dk, spans, s);
      clear(dv, spans, s);
    }
    for (int s = 0; s < spans.size(); s++) {
      backward(q, k, v, spans, s, scratch, out, lse, dout, dq, dk, dv);
    }
  }

  private static void clear(Tensor x, Spans spans, int span) {
    int row = spans.keyRow(span);
    x.rows(row, row + spans.length(span)).clear();
  }

  private void backward(
      Tensor q,
      Tensor k,
      Tensor v,
      Spans spans,
      int span,
      Scratch scratch,
      Tensor out,
      Tensor lse,
      Tensor dout,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    var ranges = scratch.ranges();
    ranges.set(spans, span);
    for (int head = 0; head < numHeads; head++) {
      for (int from = 0; from < spans.length(span); from += BLOCK) {
        var block = Block.of(spans, span, from);
        weights(q, k, block, head, scratch, lse, false);
        accumulate(scratch.scores(), block, ranges, dout, head, dv);
        scores(dout, v, block, ranges, head, scratch.dscores());
        softmaxBackward(out, dout, block, head, scratch);
        product(scratch.dscores(), block, ranges, k, head, dq);
        accumulate(scratch.dscores(), block, ranges, q, head, dk);
      }
    }
  }

  /// Some queries of a span.
  ///
  /// @param row where they start
  /// @param n how many they are
  /// @param keys the last one's keys
  private record Block(int row, int n, int keys) {
    static Block of(Spans spans, int span, int from) {
      int n = Math.min(BLOCK, spans.length(span) - from);
      return new Block(spans.queryRow(span) + from, n, spans.past(span) + from + n);
    }

    /// Keys that query `i` sees.
    int visible(int i) {
      return keys - n + i + 1;
    }

    /// Where query `i` lies in the scores, in bytes.
    long at(int i) {
      return (long) i * keys * Float.BYTES;
    }
  }

  /// The softmax weights of a block: made with the denominators, or again from them.
  private void weights(
      Tensor q, Tensor k, Block block, int head, Scratch scratch, Tensor lse, boolean first) {
    var scores = scratch.scores();
    scores(q, k, block, scratch.ranges(), head, scores);
    for (int i = 0; i < block.n(); i++) {
      int row = block.row() + i;
      if (first) {
        float sum = Kernels.BEST.softmax(scores.data(), block.at(i), block.visible(i), scale);
        lse.set(row, head, sum);
      } else {
        Kernels.BEST.softmaxAgain(
            scores.data(), block.at(i), block.visible(i), scale, lse.get(row, head));
      }
      hideFuture(scores, block, i);
    }
  }

  private static void hideFuture(Tensor scores, Block block, int i) {
    int visible = block.visible(i);
    long at = block.at(i) + (long) visible * Float.BYTES;
    Kernels.BEST.clear(scores.data(), at, block.keys() - visible);
  }

  private void softmaxBackward(Tensor out, Tensor dout, Block block, int head, Scratch scratch) {
    for (int i = 0; i < block.n(); i++) {
      int row = block.row() + i;
      float delta =
          Kernels.BEST.dot(
              out.data(), query(out, row, head), dout.data(), query(dout, row, head), headDim);
      Kernels.BEST.softmaxBackward(
          scratch.scores().data(),
          block.at(i),
          scratch.dscores().data(),
          block.at(i),
          block.visible(i),
          delta,
          scale);
      hideFuture(scratch.dscores(), block, i);
    }
  }

  /// `scores (n, keys) = x[block] · yᵀ`, one query head of `x` against its key/value head of `y`.
  private void scores(Tensor x, Tensor y, Block b, KeyRanges ranges, int head, Tensor scores) {
    for (int r = 0; r < ranges.size(); r++) {
      MatrixProduct.sgemm(
          false,
          true,
          b.n(),
          ranges.length(r, b.keys()),
          headDim,
          1f,
          x.data(),
          query(x, b.row(), head),
          x.cols(),
          y.data(),
          key(y, ranges.row(r), head),
          y.cols(),
          0f,
          scores.data(),
          column(ranges, r),
          b.keys());
    }
  }

  /// `out[block] = weights (n, keys) · y`
  private void product(Tensor weights, Block b, KeyRanges ranges, Tensor y, int head, Tensor out) {
    for (int r = 0; r < ranges.size(); r++) {
      MatrixProduct.sgemm(
          false,
          false,
          b.n(),
          headDim,
          ranges.length(r, b.keys()),
          1f,
          weights.data(),
          column(ranges, r),
          b.keys(),
          y.data(),
          key(y, ranges.row(r), head),
          y.cols(),
          r == 0 ? 0f : 1f,
          out.data(),
          query(out, b.row(), head),
          out.cols());
    }
  }

  /// `dy += weightsᵀ (keys, n) · x[block]`
  private void accumulate(
      Tensor weights, Block b, KeyRanges ranges, Tensor x, int head, Tensor dy) {
    for (int r = 0; r < ranges.size(); r++) {
      MatrixProduct.sgemm(
          true,
          false,
          ranges.length(r, b.keys()),
          headDim,
          b.n(),
          1f,
          weights.data(),
          column(ranges, r),
          b.keys(),
          x.data(),
          query(x, b.row(), head),
          x.cols(),
          1f,
          dy.data(),
          key(dy, ranges.row(r), head),
          dy.cols());
    }
  }

  private static long column(KeyRanges ranges, int range) {
    return (long) ranges.column(range) * Float.BYTES;
  }

  private long query(Tensor x, int row, int head) {
    return x.at(row) + (long) head * headDim * Float.BYTES;
  }

  private long key(Tensor y, int row, int head) {
    return y.at(row) + (long) (head / (numHeads / numKvHeads)) * headDim * Float.BYTES;
  }

  private void check(
      Tensor q,
      Tensor k,
      Tensor v,
      Spans spans,
      int span,
      Scratch scratch,
      Tensor out,
      Tensor lse) {
    Shapes.cols("attention", q, numHeads * headDim);
    Shapes.cols("attention", out, numHeads * headDim);
    Shapes.cols("attention", k, numKvHeads * headDim);
    Shapes.cols("attention", v, numKvHeads * headDim);
    Shapes.cols("attention", lse, numHeads);
    Shapes.rows("attention", q, (long) spans.queryRow(span) + spans.length(span));
    Shapes.rows("attention", out, (long) spans.queryRow(span) + spans.length(span));
    Shapes.rows("attention", lse, (long) spans.queryRow(span) + spans.length(span));
    for (int s = span; s != Spans.NOTHING; s = spans.base(s)) {
      Shapes.rows("attention", k, (long) spans.keyRow(s) + spans.length(s));
      Shapes.rows("attention", v, (long) spans.keyRow(s) + spans.length(s));
    }
    if (scratch.scores().cols() < spans.keys(span)) {
      throw new ShapeException(
          "attention",
          "%d keys, but scratch for %d".formatted(spans.keys(span), scratch.scores().cols()));
    }
  }
}

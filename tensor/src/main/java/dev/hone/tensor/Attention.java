package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// Causal attention with grouped key/value heads, in blocks of queries: `T × T` scores never exist.
/// (Vaswani et al. 2017, arXiv 1706.03762; Ainslie et al. 2023, arXiv 2305.13245; Dao et al. 2022,
/// arXiv 2205.14135)
///
/// [Spans] say which keys a query sees: those of the span it lies in up to its own, and all that
/// the span stands on. The scores of one block over all these keys lie side by side, so that a
/// common head of several rows is computed once and seen by all of them; its gradients add up.
///
/// The queries of all heads that share a key/value head are stacked: head after head, a block of
/// each. So a product is as tall as the group, and the gradients of a key and a value are each one
/// product over the group.
///
/// The forward keeps one number per query and head, the log of the softmax's denominator (`lse`),
/// from which the backward makes each block's weights again.
public final class Attention {
  /// Rows of a block, all heads of a group together: few enough that scores stay in the
  /// second-level cache up to a thousand keys, and that little of the future is computed in vain.
  private static final int BLOCK_ROWS = 128;

  private static final int LEAST_QUERIES = 16;

  private final int numHeads;
  private final int numKvHeads;
  private final int headDim;
  private final int group;
  private final int blockQueries;
  private final ScoreRule rule;

  public Attention(int numHeads, int numKvHeads, int headDim) {
    this(numHeads, numKvHeads, headDim, ScoreRule.plain(headDim));
  }

  public Attention(int numHeads, int numKvHeads, int headDim, ScoreRule rule) {
    if (numHeads % numKvHeads != 0) {
      throw new ShapeException(
          "attention", numHeads + " heads over " + numKvHeads + " key/value heads");
    }
    this.numHeads = numHeads;
    this.numKvHeads = numKvHeads;
    this.headDim = headDim;
    this.group = numHeads / numKvHeads;
    this.blockQueries = Math.max(LEAST_QUERIES, BLOCK_ROWS / group);
    this.rule = rule;
  }

  /// Queries of a block; each stands there once per head of its group.
  public int blockQueries() {
    return blockQueries;
  }

  /// What one block needs, one per worker.
  ///
  /// @param scores `(block, keys)`, `dscores` their gradient
  /// @param q `(block, D)` the block's queries, scaled
  /// @param o `(block, D)` its output, or the gradients of output and queries
  /// @param capped `(1, keys)` one query's scores, where they are capped
  public record Scratch(
      Tensor scores,
      Tensor dscores,
      Tensor q,
      Tensor o,
      Tensor capped,
      KeyRanges ranges,
      Block block) {}

  /// @param maxKeys the longest sequence, what it stands on included
  public Scratch scratch(Allocator memory, int maxKeys, boolean training) {
    int rows = group * blockQueries;
    return new Scratch(
        memory.f32("attention scores", rows, maxKeys),
        memory.f32("attention scores", training ? rows : 0, maxKeys),
        memory.f32("attention scores", rows, headDim),
        memory.f32("attention scores", rows, headDim),
        memory.f32("attention scores", training && rule.hasCap() ? 1 : 0, maxKeys),
        new KeyRanges(),
        new Block());
  }

  /// `out = softmax(scores, causal)·v`, span by span and head by head; scores are `q·kᵀ` by the
  /// rule.
  ///
  /// @param q `(T, H·D)`
  /// @param k `(S, Hkv·D)`, and `v` likewise
  /// @param out `(T, H·D)`, overwritten in the spans' rows
  /// @param lse `(T, H)`, overwritten in the spans' rows
  public void forward(
      Tensor q, Tensor k, Tensor v, Spans spans, Scratch scratch, Tensor out, Tensor lse) {
    for (int s = 0; s < spans.size(); s++) {
      if (spans.hasQueries(s)) {
        check(q, k, v, spans, s, scratch, out, lse);
        scratch.ranges().set(spans, s);
        for (int kv = 0; kv < numKvHeads; kv++) {
          for (int from = 0; from < spans.length(s); from += blockQueries) {
            scratch.block().set(spans, s, from, blockQueries);
            forward(q, k, v, kv, scratch, out, lse);
          }
        }
      }
    }
  }

  private void forward(
      Tensor q, Tensor k, Tensor v, int kv, Scratch scratch, Tensor out, Tensor lse) {
    var block = scratch.block();
    stack(q, kv, block, rule.scale(), scratch.q());
    scores(scratch.q(), k, kv, scratch, scratch.scores());
    for (int g = 0; g < group; g++) {
      for (int i = 0; i < block.n; i++) {
        int visible = block.visible(i);
        int first = rule.first(visible);
        long at = block.at(g, i);
        long seenAt = at + (long) first * Float.BYTES;
        var scores = scratch.scores().data();
        cap(scores, seenAt, visible - first);
        float sum =
            Kernels.BEST.attentionWeights(scores, seenAt, visible - first, block.keys - first);
        Kernels.BEST.clear(scores, at, first);
        lse.set(block.row + i, kv * group + g, sum);
      }
    }
    product(scratch.scores(), v, kv, 1f, scratch, scratch.o());
    unstack(scratch.o(), kv, block, out);
  }

  private void cap(MemorySegment scores, long at, int n) {
    if (rule.hasCap()) {
      Kernels.BEST.softCap(scores, at, n, rule.cap());
    }
  }

  /// One block of queries of [#forward], for the heads of one group, so that threads may share
  /// blocks out.
  ///
  /// @param kv the group's key/value head
  /// @param block from 0, [#blocks] of them
  public void block(
      Tensor q,
      Tensor k,
      Tensor v,
      Spans spans,
      int span,
      int kv,
      int block,
      Scratch scratch,
      Tensor out,
      Tensor lse) {
    check(q, k, v, spans, span, scratch, out, lse);
    scratch.ranges().set(spans, span);
    scratch.block().set(spans, span, block * blockQueries, blockQueries);
    forward(q, k, v, kv, scratch, out, lse);
  }

  /// Blocks of queries in a span of `length` tokens.
  public int blocks(int length) {
    return Math.ceilDiv(length, blockQueries);
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
      scratch.ranges().set(spans, s);
      for (int kv = 0; kv < numKvHeads; kv++) {
        for (int from = 0; from < spans.length(s); from += blockQueries) {
          scratch.block().set(spans, s, from, blockQueries);
          backward(q, k, v, kv, scratch, out, lse, dout, dq, dk, dv);
        }
      }
    }
  }

  private static void clear(Tensor x, Spans spans, int span) {
    Kernels.BEST.clear(x.data(), x.at(spans.keyRow(span)), spans.length(span) * x.cols());
  }

  private void backward(
      Tensor q,
      Tensor k,
      Tensor v,
      int kv,
      Scratch scratch,
      Tensor out,
      Tensor lse,
      Tensor dout,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    var block = scratch.block();
    stack(q, kv, block, rule.scale(), scratch.q());
    stack(dout, kv, block, 1f, scratch.o());
    scores(scratch.q(), k, kv, scratch, scratch.scores());
    scores(scratch.o(), v, kv, scratch, scratch.dscores());
    softmaxBackward(out, lse, kv, scratch);
    accumulate(scratch.scores(), scratch.o(), kv, scratch, dv);
    accumulate(scratch.dscores(), scratch.q(), kv, scratch, dk);
    product(scratch.dscores(), k, kv, rule.scale(), scratch, scratch.o());
    unstack(scratch.o(), kv, block, dq);
  }

  private void softmaxBackward(Tensor out, Tensor lse, int kv, Scratch scratch) {
    var block = scratch.block();
    var dout = scratch.o();
    for (int g = 0; g < group; g++) {
      int head = kv * group + g;
      for (int i = 0; i < block.n; i++) {
        long outAt = query(out, block.row + i, head);
        long doutAt = dout.at(g * block.n + i);
        float delta = Kernels.BEST.dot(out.data(), outAt, dout.data(), doutAt, headDim);
        scoresBackward(
            scratch, block.at(g, i), block.visible(i), lse.get(block.row + i, head), delta);
      }
    }
  }

  /// One query's scores become its weights, and its weights' gradient that of its scores.
  private void scoresBackward(Scratch scratch, long at, int visible, float lse, float delta) {
    int first = rule.first(visible);
    int seen = visible - first;
    long seenAt = at + (long) first * Float.BYTES;
    var scores = scratch.scores().data();
    var dscores = scratch.dscores().data();
    if (rule.hasCap()) {
      Kernels.BEST.softCap(scores, seenAt, seen, rule.cap());
      MemorySegment.copy(scores, seenAt, scratch.capped().data(), 0, (long) seen * Float.BYTES);
    }
    int keys = scratch.block().keys - first;
    Kernels.BEST.attentionBackward(scores, seenAt, dscores, seenAt, seen, keys, lse, delta);
    if (rule.hasCap()) {
      Kernels.BEST.softCapBackward(scratch.capped().data(), 0, dscores, seenAt, seen, rule.cap());
    }
    Kernels.BEST.clear(scores, at, first);
    Kernels.BEST.clear(dscores, at, first);
  }

  /// Some queries of a span, for all heads of a group; reused.
  static final class Block {
    /// Where they start, in rows.
    private int row;

    /// How many they are.
    private int n;

    /// The last one's keys.
    private int keys;

    private void set(Spans spans, int span, int from, int most) {
      n = Math.min(most, spans.length(span) - from);
      row = spans.queryRow(span) + from;
      keys = spans.past(span) + from + n;
    }

    /// Keys that query `i` sees.
    private int visible(int i) {
      return keys - n + i + 1;
    }

    /// Where the scores of query `i` of the group's head `g` lie, in bytes.
    private long at(int g, int i) {
      return ((long) g * n + i) * keys * Float.BYTES;
    }
  }

  /// `stacked[g·n + i] = factor · x[row + i, head g of the group]`
  private void stack(Tensor x, int kv, Block b, float factor, Tensor stacked) {
    for (int g = 0; g < group; g++) {
      Kernels.BEST.copyRows(
          x.data(),
          query(x, b.row, kv * group + g),
          x.at(1),
          stacked.data(),
          stacked.at((long) g * b.n),
          stacked.at(1),
          b.n,
          headDim,
          factor);
    }
  }

  /// The other way round.
  private void unstack(Tensor stacked, int kv, Block b, Tensor x) {
    for (int g = 0; g < group; g++) {
      Kernels.BEST.copyRows(
          stacked.data(),
          stacked.at((long) g * b.n),
          stacked.at(1),
          x.data(),
          query(x, b.row, kv * group + g),
          x.at(1),
          b.n,
          headDim,
          1f);
    }
  }

  /// `scores (block, keys) = x (block, D) · yᵀ`
  private void scores(Tensor x, Tensor y, int kv, Scratch scratch, Tensor scores) {
    var ranges = scratch.ranges();
    var b = scratch.block();
    for (int r = 0; r < ranges.size(); r++) {
      MatrixProduct.sgemm(
          false,
          true,
          group * b.n,
          ranges.length(r, b.keys),
          headDim,
          1f,
          x.data(),
          0,
          headDim,
          y.data(),
          key(y, ranges.row(r), kv),
          y.cols(),
          0f,
          scores.data(),
          column(ranges, r),
          b.keys);
    }
  }

  /// `out (block, D) = alpha · weights (block, keys) · y`
  private void product(Tensor weights, Tensor y, int kv, float alpha, Scratch scratch, Tensor out) {
    var ranges = scratch.ranges();
    var b = scratch.block();
    for (int r = 0; r < ranges.size(); r++) {
      MatrixProduct.sgemm(
          false,
          false,
          group * b.n,
          headDim,
          ranges.length(r, b.keys),
          alpha,
          weights.data(),
          column(ranges, r),
          b.keys,
          y.data(),
          key(y, ranges.row(r), kv),
          y.cols(),
          r == 0 ? 0f : 1f,
          out.data(),
          0,
          headDim);
    }
  }

  /// `dy += weightsᵀ (keys, block) · x (block, D)`
  private void accumulate(Tensor weights, Tensor x, int kv, Scratch scratch, Tensor dy) {
    var ranges = scratch.ranges();
    var b = scratch.block();
    for (int r = 0; r < ranges.size(); r++) {
      MatrixProduct.sgemm(
          true,
          false,
          ranges.length(r, b.keys),
          headDim,
          group * b.n,
          1f,
          weights.data(),
          column(ranges, r),
          b.keys,
          x.data(),
          0,
          headDim,
          1f,
          dy.data(),
          key(dy, ranges.row(r), kv),
          dy.cols());
    }
  }

  private static long column(KeyRanges ranges, int range) {
    return (long) ranges.column(range) * Float.BYTES;
  }

  private long query(Tensor x, int row, int head) {
    return x.at(row) + (long) head * headDim * Float.BYTES;
  }

  private long key(Tensor y, int row, int kv) {
    return y.at(row) + (long) kv * headDim * Float.BYTES;
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

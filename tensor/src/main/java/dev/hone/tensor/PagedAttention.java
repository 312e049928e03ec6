package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// Attention of single rows over keys and values that lie in pages: any pages in any order, so that
/// sequences share them and grow without moving. (Kwon et al. 2023, arXiv 2309.06180)
///
/// A page holds [#PAGE_TOKENS] tokens of one layer. For each key/value head it has the keys, one
/// element of all 16 after the other, so that 16 scores are summed side by side, then the values,
/// token after token, each filled up to a multiple of 16.
///
/// A row's bits don't hang on the rows beside it, nor on where its pages lie.
public final class PagedAttention {
  /// Tokens of a page.
  public static final int PAGE_TOKENS = Panels.WIDTH;

  private static final long VECTOR_BYTES = (long) Panels.WIDTH * Float.BYTES;

  private final int numHeads;
  private final int numKvHeads;
  private final int headDim;
  private final int group;

  /// Floats of a value, filled up.
  private final int valueDim;

  private final ScoreRule rule;

  public PagedAttention(int numHeads, int numKvHeads, int headDim) {
    this(numHeads, numKvHeads, headDim, ScoreRule.plain(headDim));
  }

  public PagedAttention(int numHeads, int numKvHeads, int headDim, ScoreRule rule) {
    if (numHeads % numKvHeads != 0) {
      throw new ShapeException(
          "pagedAttention", numHeads + " heads over " + numKvHeads + " key/value heads");
    }
    this.numHeads = numHeads;
    this.numKvHeads = numKvHeads;
    this.headDim = headDim;
    this.group = numHeads / numKvHeads;
    this.valueDim = Math.ceilDiv(headDim, Panels.WIDTH) * Panels.WIDTH;
    this.rule = rule;
  }

  /// What one row needs, one per worker.
  ///
  /// @param q `(1, D)` the query, scaled
  /// @param scores `(1, keys)`
  public record Scratch(Tensor q, Tensor scores) {}

  /// @param maxKeys the longest sequence, tokens
  public Scratch scratch(Allocator memory, int maxKeys) {
    int pages = pages(maxKeys);
    return new Scratch(
        memory.f32("attention scores", 1, headDim),
        memory.f32("attention scores", 1, pages * PAGE_TOKENS));
  }

  /// Pages that so many tokens take.
  public static int pages(int tokens) {
    return Math.ceilDiv(tokens, PAGE_TOKENS);
  }

  /// Room for one layer's keys and values: `(pages, floats of a page)`.
  public Tensor allocate(Allocator memory, int pages) {
    return memory.f32("kv cache", pages, pageFloats());
  }

  /// Floats of one page of one layer.
  public int pageFloats() {
    return numKvHeads * headFloats();
  }

  private int headFloats() {
    return PAGE_TOKENS * (headDim + valueDim);
  }

  /// Puts row `t` of keys and values into a page.
  ///
  /// @param k `(T, Hkv·D)`, rotated; `v` likewise
  /// @param slot the token's place in the page
  public void store(Tensor k, Tensor v, int t, Tensor pages, int page, int slot) {
    Shapes.cols("pagedAttention", k, numKvHeads * headDim);
    Shapes.cols("pagedAttention", v, numKvHeads * headDim);
    for (int kv = 0; kv < numKvHeads; kv++) {
      int keys = kv * headFloats() + slot;
      for (int d = 0; d < headDim; d++) {
        pages.set(page, keys + d * PAGE_TOKENS, k.get(t, kv * headDim + d));
      }
      MemorySegment.copy(
          v.data(),
          v.at(t) + (long) kv * headDim * Float.BYTES,
          pages.data(),
          valuesAt(pages, page, kv) + (long) slot * valueDim * Float.BYTES,
          (long) headDim * Float.BYTES);
    }
  }

  private long keysAt(Tensor pages, int page, int kv) {
    return pages.at(page) + (long) kv * headFloats() * Float.BYTES;
  }

  private long valuesAt(Tensor pages, int page, int kv) {
    return keysAt(pages, page, kv) + headDim * VECTOR_BYTES;
  }

  /// `out[t] = softmax(scores)·v` for the heads of one group, over a sequence's first keys; scores
  /// are `q[t]·kᵀ` by the rule.
  ///
  /// @param q `(T, H·D)`, rotated
  /// @param kv the group's key/value head
  /// @param pages of the layer
  /// @param table which pages the sequence lies in, in its order
  /// @param keys how many keys the row sees, its own included
  /// @param out `(T, H·D)`
  public void row(
      Tensor q, int t, int kv, Tensor pages, int[] table, int keys, Scratch scratch, Tensor out) {
    check(q, t, pages, keys, scratch, out);
    for (int head = kv * group; head < (kv + 1) * group; head++) {
      long at = q.at(t) + (long) head * headDim * Float.BYTES;
      Kernels.BEST.copyRows(q.data(), at, 0, scratch.q.data(), 0, 0, 1, headDim, rule.scale());
      scores(scratch, kv, pages, table, keys);
      weights(scratch.scores.data(), keys);
      Kernels.BEST.clear(out.data(), at, headDim);
      addValues(scratch, kv, pages, table, keys, out, at);
    }
  }

  private void weights(MemorySegment scores, int keys) {
    int first = rule.first(keys);
    long at = (long) first * Float.BYTES;
    if (rule.hasCap()) {
      Kernels.BEST.softCap(scores, at, keys - first, rule.cap());
    }
    Kernels.BEST.attentionWeights(scores, at, keys - first, keys - first);
    Kernels.BEST.clear(scores, 0, first);
  }

  /// The first page that has a key which is seen.
  private int firstPage(int keys) {
    return rule.first(keys) / PAGE_TOKENS;
  }

  private void scores(Scratch scratch, int kv, Tensor pages, int[] table, int keys) {
    var scores = scratch.scores.data();
    int used = pages(keys);
    Kernels.BEST.clear(scores, 0, used * PAGE_TOKENS);
    for (int p = firstPage(keys); p < used; p++) {
      Kernels.BEST.panels(
          scratch.q.data(),
          0,
          headDim,
          pages.data(),
          keysAt(pages, table[p], kv),
          VECTOR_BYTES,
          0,
          scores,
          p * VECTOR_BYTES,
          PAGE_TOKENS);
    }
  }

  private void addValues(
      Scratch scratch, int kv, Tensor pages, int[] table, int keys, Tensor out, long outAt) {
    for (int p = firstPage(keys); p < pages(keys); p++) {
      Kernels.BEST.panels(
          scratch.scores.data(),
          p * VECTOR_BYTES,
          Math.min(PAGE_TOKENS, keys - p * PAGE_TOKENS), // what lies behind may be anything
          pages.data(),
          valuesAt(pages, table[p], kv),
          (long) valueDim * Float.BYTES,
          VECTOR_BYTES,
          out.data(),
          outAt,
          headDim);
    }
  }

  private void check(Tensor q, int t, Tensor pages, int keys, Scratch scratch, Tensor out) {
    Shapes.cols("pagedAttention", q, numHeads * headDim);
    Shapes.cols("pagedAttention", out, numHeads * headDim);
    Shapes.rows("pagedAttention", q, t + 1L);
    Shapes.rows("pagedAttention", out, t + 1L);
    Shapes.cols("pagedAttention", pages, pageFloats());
    if (keys < 1 || keys > scratch.scores.cols()) {
      throw new ShapeException(
          "pagedAttention", "%d keys, but scratch for %d".formatted(keys, scratch.scores.cols()));
    }
  }
}

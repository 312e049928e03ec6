package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class PagedAttentionTest {
  private static final int PAGES = 12;

  /// A sequence of random queries, keys and values, and pages full of NaN to put it in.
  private record Sequence(
      PagedAttention paged,
      Attention plain,
      int heads,
      int kvHeads,
      int tokens,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor pages) {
    static Sequence random(SplittableRandom random) {
      int kvHeads = random.nextInt(1, 4);
      int heads = kvHeads * random.nextInt(1, 4);
      int headDim = 2 * random.nextInt(1, 40);
      int tokens = random.nextInt(1, PAGES * PagedAttention.PAGE_TOKENS);
      var rule =
          new ScoreRule(
              (float) (1 / Math.sqrt(headDim)),
              random.nextInt(2) * 2.5f,
              random.nextInt(2) * random.nextInt(1, tokens + 2));
      var paged = new PagedAttention(heads, kvHeads, headDim, rule);
      var pages = paged.allocate(Tensors::allocate, PAGES);
      for (int p = 0; p < PAGES; p++) {
        for (int i = 0; i < pages.cols(); i++) {
          pages.set(p, i, Float.NaN);
        }
      }
      return new Sequence(
          paged,
          new Attention(heads, kvHeads, headDim, rule),
          heads,
          kvHeads,
          tokens,
          Tensors.normal(random, tokens, heads * headDim),
          Tensors.normal(random, tokens, kvHeads * headDim),
          Tensors.normal(random, tokens, kvHeads * headDim),
          pages);
    }

    Tensor expected() {
      var out = Tensors.zeros(tokens, q.cols());
      plain.forward(
          q,
          k,
          v,
          Spans.extending(0, tokens),
          plain.scratch(Tensors::allocate, tokens, false),
          out,
          Tensors.zeros(tokens, heads));
      return out;
    }

    /// Token after token, as in decoding.
    Tensor inPages(int[] table) {
      var out = Tensors.full(tokens, q.cols(), 5f);
      var scratch = paged.scratch(Tensors::allocate, tokens);
      for (int t = 0; t < tokens; t++) {
        int page = table[t / PagedAttention.PAGE_TOKENS];
        paged.store(k, v, t, pages, page, t % PagedAttention.PAGE_TOKENS);
        for (int kv = 0; kv < kvHeads; kv++) {
          paged.row(q, t, kv, pages, table, t + 1, scratch, out);
        }
      }
      return out;
    }
  }

  @ParameterizedTest
  @Seeds(20)
  void pagesGiveWhatOnePieceGives(long seed) {
    var random = new SplittableRandom(seed);
    var sequence = Sequence.random(random);
    var table = IntStream.range(0, PAGES).toArray();
    var out = sequence.inPages(table);
    assertClose(sequence.expected().toArray(), out.toArray(), 1e-5, 1e-5);
  }

  @ParameterizedTest
  @Seeds(5)
  void whereThePagesLieChangesNothing(long seed) {
    var random = new SplittableRandom(seed);
    var sequence = Sequence.random(random);
    var table = IntStream.range(0, PAGES).toArray();
    var out = sequence.inPages(table);
    for (int i = PAGES - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = table[i];
      table[i] = table[j];
      table[j] = swapped;
    }
    assertArrayEquals(out.toArray(), sequence.inPages(table).toArray());
  }

  @Test
  void moreKeysThanThereIsScratchForAreRefused() {
    var attention = new PagedAttention(2, 1, 4);
    var pages = attention.allocate(Tensors::allocate, 2);
    var q = Tensors.zeros(1, 8);
    var scratch = attention.scratch(Tensors::allocate, 16);
    int[] table = {0, 1};
    assertThrows(ShapeException.class, () -> attention.row(q, 0, 0, pages, table, 17, scratch, q));
  }
}

package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.tensor.Attention.Scratch;
import dev.hone.testkit.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
  private static final int HEADS = 4;
  private static final int KV_HEADS = 2;
  private static final int HEAD_DIM = 6;
  private static final int Q = HEADS * HEAD_DIM;
  private static final int KV = KV_HEADS * HEAD_DIM;
  private final Attention attention = new Attention(HEADS, KV_HEADS, HEAD_DIM);

  /// Operands, outputs and gradients of `rows` rows; what nobody may read is NaN.
  private record Pass(
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor o,
      Tensor lse,
      Tensor dout,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    static Pass random(SplittableRandom random, int rows) {
      return new Pass(
          Tensors.normal(random, rows, Q),
          Tensors.normal(random, rows, KV),
          Tensors.normal(random, rows, KV),
          Tensors.full(rows, Q, Float.NaN),
          Tensors.full(rows, HEADS, Float.NaN),
          Tensors.normal(random, rows, Q),
          Tensors.full(rows, Q, Float.NaN),
          Tensors.full(rows, KV, Float.NaN),
          Tensors.full(rows, KV, Float.NaN));
    }

    void forward(Attention attention, Spans spans) {
      attention.forward(q, k, v, spans, scratch(attention, spans), o, lse);
    }

    void backward(Attention attention, Spans spans) {
      attention.backward(q, k, v, spans, scratch(attention, spans), o, lse, dout, dq, dk, dv);
    }

    private static Scratch scratch(Attention attention, Spans spans) {
      int keys = IntStream.range(0, spans.size()).map(spans::keys).max().orElseThrow();
      return attention.scratch(Tensors::allocate, keys, true);
    }
  }

  /// Rows end to end.
  private static Spans rows(int... lengths) {
    var spans = new Spans(lengths.length);
    int at = 0;
    for (int length : lengths) {
      spans.add(at, length, Spans.NOTHING);
      at += length;
    }
    return spans;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 128, 130})
  void everyLengthEqualsTheDefinition(int length) {
    equalsTheDefinition(length, ScoreRule.plain(HEAD_DIM));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 128, 130})
  void everyLengthEqualsTheDefinitionInAWindowAndUnderACap(int length) {
    equalsTheDefinition(length, new ScoreRule(0.7f, 0, 20));
    equalsTheDefinition(length, new ScoreRule(0.7f, 1.5f, 0));
    equalsTheDefinition(length, new ScoreRule(0.7f, 1.5f, 65));
  }

  private static void equalsTheDefinition(int length, ScoreRule rule) {
    var pass = Pass.random(new SplittableRandom(length), length);
    pass.forward(new Attention(HEADS, KV_HEADS, HEAD_DIM, rule), rows(length));
    var expected = new float[length * Q];
    for (int t = 0; t < length; t++) {
      for (int head = 0; head < HEADS; head++) {
        define(pass, t, head, rule, expected);
      }
    }
    assertMaxRelativeError(expected, pass.o().toArray(), 2e-6);
  }

  /// The gradients of `Σ out·dout` by differences, in one row of 70 tokens.
  @Test
  void gradientsInAWindowAndUnderACapAreThoseOfDifferences() {
    var rule = new ScoreRule(0.7f, 1.5f, 20);
    var windowed = new Attention(HEADS, KV_HEADS, HEAD_DIM, rule);
    var random = new SplittableRandom(5);
    var pass = Pass.random(random, 70);
    pass.forward(windowed, rows(70));
    pass.backward(windowed, rows(70));
    for (var one : List.of(List.of(pass.q(), pass.dq()), List.of(pass.k(), pass.dk()))) {
      for (int i = 0; i < 20; i++) {
        int row = random.nextInt(70);
        int col = random.nextInt(one.getFirst().cols());
        double slope = slope(pass, rule, one.getFirst(), row, col);
        assertEquals(slope, one.getLast().get(row, col), 2e-3 * Math.max(1, Math.abs(slope)));
      }
    }
  }

  private static double slope(Pass pass, ScoreRule rule, Tensor x, int row, int col) {
    float step = 1e-2f;
    float value = x.get(row, col);
    x.set(row, col, value + step);
    double above = weighted(pass, rule);
    x.set(row, col, value - step);
    double below = weighted(pass, rule);
    x.set(row, col, value);
    return (above - below) / (2 * step);
  }

  private static double weighted(Pass pass, ScoreRule rule) {
    int length = (int) pass.q().rows();
    var out = new float[length * Q];
    double sum = 0;
    for (int t = 0; t < length; t++) {
      for (int head = 0; head < HEADS; head++) {
        define(pass, t, head, rule, out);
      }
      for (int c = 0; c < Q; c++) {
        sum += (double) out[t * Q + c] * pass.dout().get(t, c);
      }
    }
    return sum;
  }

  /// `out[t, head]` in double.
  private static void define(Pass pass, int t, int head, ScoreRule rule, float[] out) {
    int kv = head / (HEADS / KV_HEADS) * HEAD_DIM;
    var weights = new double[t + 1];
    double sum = 0;
    for (int s = rule.first(t + 1); s <= t; s++) {
      double score = 0;
      for (int d = 0; d < HEAD_DIM; d++) {
        score += (double) pass.q().get(t, head * HEAD_DIM + d) * pass.k().get(s, kv + d);
      }
      score *= rule.scale();
      weights[s] = Math.exp(rule.hasCap() ? rule.cap() * Math.tanh(score / rule.cap()) : score);
      sum += weights[s];
    }
    for (int d = 0; d < HEAD_DIM; d++) {
      double value = 0;
      for (int s = 0; s <= t; s++) {
        value += weights[s] / sum * pass.v().get(s, kv + d);
      }
      out[t * Q + head * HEAD_DIM + d] = (float) value;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 130})
  void queriesOnTopOfAPastEqualTheSameRowsOfAFullPass(int length) {
    var random = new SplittableRandom(length);
    for (int past : new int[] {1, 5, 63, 64, 65}) {
      int all = past + length;
      var full = Pass.random(random, all);
      full.forward(attention, rows(all));
      var k = Tensors.full(all + 4, KV, Float.NaN);
      var v = Tensors.full(all + 4, KV, Float.NaN);
      k.copyFrom(full.k(), all);
      v.copyFrom(full.v(), all);
      var q = Tensors.full(length + 1, Q, Float.NaN);
      q.copyFrom(full.q().rows(past, all), length);
      var o = Tensors.full(length + 1, Q, 7f);
      var scratch = attention.scratch(Tensors::allocate, all + 9, false);
      var spans = Spans.extending(past, length);
      attention.forward(q, k, v, spans, scratch, o, Tensors.zeros(length + 1, HEADS));
      assertMaxRelativeError(full.o().rows(past, all).toArray(), o.rows(0, length).toArray(), 2e-6);
      assertClose(Tensors.full(1, Q, 7f).toArray(), o.rows(length, length + 1).toArray(), 0, 0);
    }
  }

  /// Bit for bit: a sequence is computed in the same blocks wherever it lies.
  @ParameterizedTest
  @Seeds(10)
  void packedSequencesDoNotSeeEachOther(long seed) {
    var random = new SplittableRandom(seed);
    int[] lengths = {random.nextInt(1, 4), random.nextInt(1, 140), 1, random.nextInt(1, 70)};
    int rows = Arrays.stream(lengths).sum();
    var packed = Pass.random(random, rows);
    var spans = rows(lengths);
    packed.forward(attention, spans);
    packed.backward(attention, spans);
    int at = 0;
    for (int length : lengths) {
      var alone = slice(packed, at, at + length);
      alone.forward(attention, rows(length));
      alone.backward(attention, rows(length));
      assertArrayEquals(alone.o().toArray(), packed.o().rows(at, at + length).toArray());
      assertArrayEquals(alone.dq().toArray(), packed.dq().rows(at, at + length).toArray());
      assertArrayEquals(alone.dk().toArray(), packed.dk().rows(at, at + length).toArray());
      assertArrayEquals(alone.dv().toArray(), packed.dv().rows(at, at + length).toArray());
      at += length;
    }
  }

  /// Any forest of spans, with gaps that nobody may read, against every path of it laid out as a
  /// row of its own. A span's `dout` goes to one of the rows through it; that splits a sum, for the
  /// backward is linear in it.
  @ParameterizedTest
  @Seeds(30)
  void spansOnSpansEqualRowsThatRepeatWhatLiesBelow(long seed) {
    var random = new SplittableRandom(seed);
    var spans = new Spans(8);
    int end = forest(random, spans);
    var shared = Pass.random(random, end);
    shared.forward(attention, spans);
    shared.backward(attention, spans);
    var sums = new Tensor[] {Tensors.zeros(end, Q), Tensors.zeros(end, KV), Tensors.zeros(end, KV)};
    for (int s = 0; s < spans.size(); s++) {
      int[] path = rowsBelow(spans, s);
      var alone = repeated(shared, path, spans.past(s));
      alone.forward(attention, rows(path.length));
      alone.backward(attention, rows(path.length));
      for (int t = 0; t < path.length; t++) {
        assertMaxRelativeError(row(alone.o(), t), row(shared.o(), path[t]), 1e-5);
        add(alone.dq(), t, sums[0], path[t]);
        add(alone.dk(), t, sums[1], path[t]);
        add(alone.dv(), t, sums[2], path[t]);
      }
    }
    for (int s = 0; s < spans.size(); s++) {
      int from = spans.keyRow(s);
      int to = from + spans.length(s);
      assertSameRows(sums[0], shared.dq(), from, to);
      assertSameRows(sums[1], shared.dk(), from, to);
      assertSameRows(sums[2], shared.dv(), from, to);
    }
  }

  /// Up to the largest of all, since a single row's gradient may all but cancel.
  private static void assertSameRows(Tensor expected, Tensor actual, int from, int to) {
    double largest = 0;
    for (float x : expected.toArray()) {
      largest = Math.max(largest, Math.abs(x));
    }
    assertClose(
        expected.rows(from, to).toArray(), actual.rows(from, to).toArray(), 0, 2e-6 * largest);
  }

  private static int forest(SplittableRandom random, Spans spans) {
    int at = random.nextInt(3);
    int size = random.nextInt(1, 9);
    for (int s = 0; s < size; s++) {
      int length = random.nextInt(1, random.nextBoolean() ? 5 : 90);
      spans.add(at, length, random.nextInt(s + 1) - 1);
      at += length + random.nextInt(3);
    }
    return at;
  }

  /// The rows of the sequence that ends with a span.
  private static int[] rowsBelow(Spans spans, int span) {
    var below =
        spans.base(span) == Spans.NOTHING
            ? IntStream.empty()
            : Arrays.stream(rowsBelow(spans, spans.base(span)));
    int from = spans.keyRow(span);
    return IntStream.concat(below, IntStream.range(from, from + spans.length(span))).toArray();
  }

  /// The rows of a path side by side, with `dout` of those from `first` on.
  private static Pass repeated(Pass shared, int[] path, int first) {
    var alone = Pass.random(new SplittableRandom(1), path.length);
    alone.dout().clear();
    for (int t = 0; t < path.length; t++) {
      copy(shared.q(), path[t], alone.q(), t);
      copy(shared.k(), path[t], alone.k(), t);
      copy(shared.v(), path[t], alone.v(), t);
      if (t >= first) {
        copy(shared.dout(), path[t], alone.dout(), t);
      }
    }
    return alone;
  }

  private static void copy(Tensor from, int row, Tensor to, int toRow) {
    to.rows(toRow, toRow + 1).copyFrom(from.rows(row, row + 1), 1);
  }

  private static float[] row(Tensor x, int row) {
    return x.rows(row, row + 1).toArray();
  }

  private static void add(Tensor x, int row, Tensor sum, int sumRow) {
    Elementwise.add(sum.rows(sumRow, sumRow + 1), x.rows(row, row + 1));
  }

  private static Pass slice(Pass p, int from, int to) {
    int n = to - from;
    return new Pass(
        Tensors.copy(p.q().rows(from, to)),
        Tensors.copy(p.k().rows(from, to)),
        Tensors.copy(p.v().rows(from, to)),
        Tensors.zeros(n, Q),
        Tensors.zeros(n, HEADS),
        Tensors.copy(p.dout().rows(from, to)),
        Tensors.zeros(n, Q),
        Tensors.zeros(n, KV),
        Tensors.zeros(n, KV));
  }

  /// Differences of f32 results over 2·10⁻² are good to about 10⁻⁴; the block border lies between
  /// rows 63 and 64.
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 66})
  void gradientsEqualCentralDifferences(int length) {
    var pass = Pass.random(new SplittableRandom(length), length);
    var spans = rows(length);
    pass.forward(attention, spans);
    pass.backward(attention, spans);
    var o = Tensors.zeros(length, Q);
    var lse = Tensors.zeros(length, HEADS);
    var scratch = attention.scratch(Tensors::allocate, length, false);
    for (var each :
        new Tensor[][] {{pass.q(), pass.dq()}, {pass.k(), pass.dk()}, {pass.v(), pass.dv()}}) {
      var numeric =
          Tensors.centralDifferences(
              each[0],
              1e-2,
              () -> {
                attention.forward(pass.q(), pass.k(), pass.v(), spans, scratch, o, lse);
                return Tensors.dot(o, pass.dout());
              });
      if (length == 1 && each[0] != pass.v()) {
        assertMaxRelativeErrorOfZero(each[1]);
      } else {
        assertMaxRelativeError(numeric, each[1].toArray(), 1e-3);
      }
    }
  }

  /// One key has weight 1 whatever its score.
  private static void assertMaxRelativeErrorOfZero(Tensor gradient) {
    assertClose(new float[(int) gradient.size()], gradient.toArray(), 0, 1e-6);
  }

  @Test
  void backwardOverwritesWhatWasThere() {
    var random = new SplittableRandom(3);
    var pass = Pass.random(random, 7);
    var spans = rows(7);
    pass.forward(attention, spans);
    pass.backward(attention, spans);
    var first = pass.dk().toArray();
    pass.backward(attention, spans);
    assertArrayEquals(first, pass.dk().toArray());
  }

  @Test
  void scoresOfTenThousandDoNotOverflow() {
    var pass = Pass.random(new SplittableRandom(4), 20);
    for (int t = 0; t < 20; t++) {
      for (int c = 0; c < Q; c++) {
        pass.q().set(t, c, pass.q().get(t, c) * 1e4f);
      }
    }
    var spans = rows(20);
    pass.forward(attention, spans);
    pass.backward(attention, spans);
    for (var x : new Tensor[] {pass.o(), pass.dq(), pass.dk(), pass.dv()}) {
      for (float value : x.toArray()) {
        assertTrue(Float.isFinite(value), "value " + value);
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var pass = Pass.random(new SplittableRandom(5), 3);
    assertEquals(
        "attention: 4 heads over 3 key/value heads",
        assertThrows(ShapeException.class, () -> new Attention(4, 3, 2)).getMessage());
    assertEquals(
        "attention: (3, 24) holds fewer than 4 rows",
        assertThrows(ShapeException.class, () -> pass.forward(attention, rows(4))).getMessage());
    assertEquals(
        "attention: (3, 12) holds fewer than 4 rows",
        assertThrows(ShapeException.class, () -> pass.forward(attention, Spans.extending(1, 3)))
            .getMessage());
    assertEquals(
        "attentionBackward: span 0 has no queries",
        assertThrows(ShapeException.class, () -> pass.backward(attention, Spans.extending(2, 1)))
            .getMessage());
  }
}

package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.tensor.Attention.Scratch;
import dev.hone.tensor.Attention.Span;
import dev.hone.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
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

    void forward(Attention attention, Span span) {
      attention.forward(q, k, v, span, scratch(span), o, lse);
    }

    void backward(Attention attention, Span span) {
      attention.backward(q, k, v, span, scratch(span), o, lse, dout, dq, dk, dv);
    }

    private static Scratch scratch(Span span) {
      return Scratch.allocate(Tensors::allocate, span.keys(), true);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 128, 130})
  void everyLengthEqualsTheDefinition(int length) {
    var pass = Pass.random(new SplittableRandom(length), length);
    pass.forward(attention, new Span(0, length, 0, 0));
    var expected = new float[length * Q];
    for (int t = 0; t < length; t++) {
      for (int head = 0; head < HEADS; head++) {
        define(pass, t, head, expected);
      }
    }
    assertMaxRelativeError(expected, pass.o().toArray(), 2e-6);
  }

  /// `out[t, head]` in double.
  private static void define(Pass pass, int t, int head, float[] out) {
    int kv = head / (HEADS / KV_HEADS) * HEAD_DIM;
    var weights = new double[t + 1];
    double sum = 0;
    for (int s = 0; s <= t; s++) {
      double score = 0;
      for (int d = 0; d < HEAD_DIM; d++) {
        score += (double) pass.q().get(t, head * HEAD_DIM + d) * pass.k().get(s, kv + d);
      }
      weights[s] = Math.exp(score / Math.sqrt(HEAD_DIM));
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
      full.forward(attention, new Span(0, all, 0, 0));
      // keys lie three rows further on, queries two
      var k = Tensors.full(all + 4, KV, Float.NaN);
      var v = Tensors.full(all + 4, KV, Float.NaN);
      k.rows(3, all + 3).copyFrom(full.k(), all);
      v.rows(3, all + 3).copyFrom(full.v(), all);
      var q = Tensors.full(length + 3, Q, Float.NaN);
      q.rows(2, length + 2).copyFrom(full.q().rows(past, all), length);
      var o = Tensors.full(length + 3, Q, 7f);
      var scratch = Scratch.allocate(Tensors::allocate, all + 9, false);
      var span = new Span(2, length, 3, past);
      attention.forward(q, k, v, span, scratch, o, Tensors.zeros(length + 3, HEADS));
      assertMaxRelativeError(
          full.o().rows(past, all).toArray(), o.rows(2, length + 2).toArray(), 2e-6);
      assertClose(Tensors.full(2, Q, 7f).toArray(), o.rows(0, 2).toArray(), 0, 0);
      assertClose(Tensors.full(1, Q, 7f).toArray(), o.rows(length + 2, length + 3).toArray(), 0, 0);
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
    int at = 0;
    for (int length : lengths) {
      packed.forward(attention, new Span(at, length, at, 0));
      packed.backward(attention, new Span(at, length, at, 0));
      at += length;
    }
    at = 0;
    for (int length : lengths) {
      var alone = slice(packed, at, at + length);
      alone.forward(attention, new Span(0, length, 0, 0));
      alone.backward(attention, new Span(0, length, 0, 0));
      assertArrayEquals(alone.o().toArray(), packed.o().rows(at, at + length).toArray());
      assertArrayEquals(alone.dq().toArray(), packed.dq().rows(at, at + length).toArray());
      assertArrayEquals(alone.dk().toArray(), packed.dk().rows(at, at + length).toArray());
      assertArrayEquals(alone.dv().toArray(), packed.dv().rows(at, at + length).toArray());
      at += length;
    }
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
    var span = new Span(0, length, 0, 0);
    pass.forward(attention, span);
    pass.backward(attention, span);
    var o = Tensors.zeros(length, Q);
    var lse = Tensors.zeros(length, HEADS);
    var scratch = Scratch.allocate(Tensors::allocate, length, false);
    for (var each :
        new Tensor[][] {{pass.q(), pass.dq()}, {pass.k(), pass.dk()}, {pass.v(), pass.dv()}}) {
      var numeric =
          Tensors.centralDifferences(
              each[0],
              1e-2,
              () -> {
                attention.forward(pass.q(), pass.k(), pass.v(), span, scratch, o, lse);
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
    var span = new Span(0, 7, 0, 0);
    pass.forward(attention, span);
    pass.backward(attention, span);
    var first = pass.dk().toArray();
    pass.backward(attention, span);
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
    var span = new Span(0, 20, 0, 0);
    pass.forward(attention, span);
    pass.backward(attention, span);
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
        assertThrows(ShapeException.class, () -> pass.forward(attention, new Span(0, 4, 0, 0)))
            .getMessage());
    assertEquals(
        "attention: (3, 12) holds fewer than 4 rows",
        assertThrows(ShapeException.class, () -> pass.forward(attention, new Span(0, 3, 0, 1)))
            .getMessage());
    assertThrows(ShapeException.class, () -> pass.backward(attention, new Span(2, 1, 0, 2)));
  }
}

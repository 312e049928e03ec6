package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/// Parts that threads share out are the whole.
class PartsTest {
  private static Tensor random(SplittableRandom random, int rows, int cols) {
    var values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensors.of(values, rows, cols);
  }

  @ParameterizedTest
  @Seeds(20)
  void partsOfALinearLayerAreTheWhole(long seed) {
    var random = new SplittableRandom(seed);
    int n = random.nextInt(1, 9);
    int in = random.nextInt(1, 90);
    int out = random.nextInt(1, 60);
    float beta = random.nextInt(2);
    var x = random(random, n, in);
    var w = random(random, out, in);
    var bias = random(random, 1, out);
    var expected = random(random, n, out);
    var actual = Tensors.copy(expected);
    Linear.forward(x, n, w, 0.7f, beta, expected);
    Linear.addBias(bias, n, expected);
    int rows = random.nextInt(1, n + 1);
    int cols = random.nextInt(1, out + 1);
    for (int from = 0; from < n; from += rows) {
      for (int fromOut = 0; fromOut < out; fromOut += cols) {
        int to = Math.min(n, from + rows);
        int toOut = Math.min(out, fromOut + cols);
        Linear.part(x, from, to, w, fromOut, toOut, 0.7f, beta, actual);
        Linear.addBiasPart(bias, from, to, fromOut, toOut, actual);
      }
    }
    assertClose(expected.toArray(), actual.toArray(), 1e-5, 1e-5);
  }

  @Test
  void partsOutsideAreRefused() {
    var x = Tensors.zeros(2, 3);
    var w = Tensors.zeros(4, 3);
    var y = Tensors.zeros(2, 4);
    assertThrows(ShapeException.class, () -> Linear.part(x, 0, 1, w, 0, 5, 1f, 0f, y));
    assertThrows(ShapeException.class, () -> Linear.part(x, 0, 3, w, 0, 4, 1f, 0f, y));
    assertThrows(ShapeException.class, () -> Linear.part(x, 0, 1, w, -1, 4, 1f, 0f, y));
    assertThrows(ShapeException.class, () -> Linear.part(x, -1, 0, w, 0, 4, 1f, 0f, y));
  }

  @ParameterizedTest
  @Seeds(10)
  void partsOfTheGateAreTheWhole(long seed) {
    var random = new SplittableRandom(seed);
    int n = random.nextInt(1, 6);
    int cols = random.nextInt(1, 70);
    var gate = random(random, n, cols);
    var up = random(random, n, cols);
    var expected = Tensors.zeros(n, cols);
    var actual = Tensors.zeros(n, cols);
    Glu.SWIGLU.forward(gate, up, n, expected);
    int width = random.nextInt(1, cols + 1);
    for (int from = 0; from < cols; from += width) {
      Glu.SWIGLU.part(gate, up, 0, n, from, Math.min(cols, from + width), actual);
    }
    assertArrayEquals(expected.toArray(), actual.toArray());
  }

  /// Queries on top of some keys, group by group of heads and block by block.
  @ParameterizedTest
  @Seeds(10)
  void partsOfAttentionAreTheWhole(long seed) {
    var random = new SplittableRandom(seed);
    int numKvHeads = random.nextInt(1, 4);
    int numHeads = numKvHeads * random.nextInt(1, 4);
    int headDim = 2 * random.nextInt(1, 40);
    int past = random.nextInt(0, 150);
    int n = random.nextInt(4) == 0 ? 1 : random.nextInt(1, 150);
    var attention = new Attention(numHeads, numKvHeads, headDim);
    var q = random(random, n, numHeads * headDim);
    var k = random(random, past + n, numKvHeads * headDim);
    var v = random(random, past + n, numKvHeads * headDim);
    var spans = Spans.extending(past, n);
    int span = spans.size() - 1;
    var expected = Tensors.zeros(n, numHeads * headDim);
    var blocks = Tensors.zeros(n, numHeads * headDim);
    var lse = Tensors.zeros(n, numHeads);
    try (var arena = Arena.ofConfined()) {
      var scratch = attention.scratch(new ArenaAllocator(arena), past + n, false);
      attention.forward(q, k, v, spans, scratch, expected, lse);
      for (int kv = 0; kv < numKvHeads; kv++) {
        for (int block = 0; block < attention.blocks(n); block++) {
          attention.block(q, k, v, spans, span, kv, block, scratch, blocks, lse);
        }
      }
    }
    assertArrayEquals(expected.toArray(), blocks.toArray());
  }
}

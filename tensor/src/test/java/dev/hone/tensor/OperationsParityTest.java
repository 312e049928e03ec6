package dev.hone.tensor;

import static dev.hone.tensor.Tensors.golden;
import static dev.hone.tensor.Tensors.zeros;
import static dev.hone.testkit.Close.assertClose;
import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.testkit.Golden;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against PyTorch in f64, rounded once: golden files by tools/parity/ops.py. Elementwise results
/// are held to a few units in the last place, sums of products to 1e-6 of the largest value.
class OperationsParityTest {
  @Test
  void rmsNormMatchesPyTorch() {
    var golden = Golden.load("ops/rmsnorm");
    var norm = new RmsNorm(Float.parseFloat(golden.metadata().get("eps")));
    var x = golden(golden, "x");
    var w = golden(golden, "w");
    var dy = golden(golden, "dy");
    int n = (int) x.rows();
    var y = zeros(n, x.cols());
    var r = zeros(n, 1);
    norm.forward(x, n, w, y, r);
    assertClose(golden.f32("y"), y.toArray(), 5e-7, 0);
    var dx = zeros(n, x.cols());
    norm.backward(x, n, w, r, dy, dx);
    assertMaxRelativeError(golden.f32("dx"), dx.toArray(), 1e-6);
    var dw = zeros(1, x.cols());
    RmsNorm.backwardWeight(x, n, r, dy, dw);
    assertMaxRelativeError(golden.f32("dw"), dw.toArray(), 1e-6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rope", "rope_linear", "rope_llama3"})
  void ropeMatchesTransformers(String name) {
    var golden = Golden.load("ops/" + name);
    var positions = golden.i32("positions");
    var stored = golden.f32("inv_freq");
    var frequencies = IntStream.range(0, stored.length).mapToDouble(i -> stored[i]).toArray();
    int last = Arrays.stream(positions).max().orElseThrow();
    var cos = zeros(last + 1, frequencies.length);
    var sin = zeros(last + 1, frequencies.length);
    Rope.tables(frequencies, cos, sin);
    var x = golden(golden, "x");
    int headDim = 2 * frequencies.length;
    Rope.forward(x, positions, positions.length, headDim, cos, sin);
    assertClose(golden.f32("y"), x.toArray(), 1e-6, 5e-7);
    var dy = golden(golden, "dy");
    Rope.backward(dy, positions, positions.length, headDim, cos, sin);
    assertClose(golden.f32("dx"), dy.toArray(), 1e-6, 5e-7);
  }

  @Test
  void swiGluMatchesPyTorch() {
    var golden = Golden.load("ops/swiglu");
    var gate = golden(golden, "gate");
    var up = golden(golden, "up");
    int n = (int) gate.rows();
    var y = zeros(n, gate.cols());
    Glu.SWIGLU.forward(gate, up, n, y);
    assertClose(golden.f32("y"), y.toArray(), 1e-6, 1e-7);
    Glu.SWIGLU.backward(gate, up, n, golden(golden, "dy"));
    assertClose(golden.f32("dgate"), gate.toArray(), 1e-5, 5e-7);
    assertClose(golden.f32("dup"), up.toArray(), 1e-6, 1e-7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention_h8_kv2_t17", "attention_h3_kv3_t70"})
  void attentionMatchesPyTorch(String name) {
    var golden = Golden.load("ops/" + name);
    int heads = Integer.parseInt(golden.metadata().get("heads"));
    var attention =
        new Attention(
            heads,
            Integer.parseInt(golden.metadata().get("kvHeads")),
            Integer.parseInt(golden.metadata().get("headDim")));
    var q = golden(golden, "q");
    var k = golden(golden, "k");
    var v = golden(golden, "v");
    int n = (int) q.rows();
    var spans = new Spans(1);
    spans.add(0, n, Spans.NOTHING);
    var scratch = attention.scratch(Tensors::allocate, n, true);
    var o = zeros(n, q.cols());
    var lse = zeros(n, heads);
    attention.forward(q, k, v, spans, scratch, o, lse);
    assertMaxRelativeError(golden.f32("o"), o.toArray(), 1e-6);
    var dq = zeros(n, q.cols());
    var dk = zeros(n, k.cols());
    var dv = zeros(n, v.cols());
    attention.backward(q, k, v, spans, scratch, o, lse, golden(golden, "do"), dq, dk, dv);
    assertMaxRelativeError(golden.f32("dq"), dq.toArray(), 2e-6);
    assertMaxRelativeError(golden.f32("dk"), dk.toArray(), 2e-6);
    assertMaxRelativeError(golden.f32("dv"), dv.toArray(), 2e-6);
  }

  /// Logits of ±200 lose 2e-5 of a probability to the rounding of the denominator's log to f32.
  @ParameterizedTest
  @ValueSource(strings = {"cross_entropy", "cross_entropy_large"})
  void crossEntropyMatchesPyTorch(String name) {
    var golden = Golden.load("ops/" + name);
    var logits = golden(golden, "logits");
    int n = (int) logits.rows();
    var targets = golden.i32("targets");
    var weights = new int[n];
    Arrays.fill(weights, 1);
    double lossSum = golden.f32("loss_sum")[0];
    assertEquals(
        lossSum,
        CrossEntropy.forward(logits, n, targets, weights, 0, false).lossSum(),
        1e-6 * lossSum);
    assertClose(golden.f32("logits"), logits.toArray(), 0, 0);
    assertEquals(
        lossSum,
        CrossEntropy.forward(logits, n, targets, weights, 0, true).lossSum(),
        1e-6 * lossSum);
    assertMaxRelativeError(
        golden.f32("dlogits"), logits.toArray(), name.endsWith("large") ? 2e-5 : 1e-6);
  }

  @Test
  void linearMatchesPyTorch() {
    var golden = Golden.load("ops/linear");
    var x = golden(golden, "x");
    var w = golden(golden, "w");
    var dy = golden(golden, "dy");
    int n = (int) x.rows();
    var y = zeros(n, dy.cols());
    Linear.forward(x, n, w, 1f, 0f, y);
    Linear.addBias(golden(golden, "bias"), n, y);
    assertMaxRelativeError(golden.f32("y"), y.toArray(), 1e-6);
    var dx = zeros(n, x.cols());
    Linear.backward(dy, n, w, 1f, 0f, dx);
    assertMaxRelativeError(golden.f32("dx"), dx.toArray(), 1e-6);
    var dw = zeros(w.rows(), w.cols());
    Linear.backwardWeight(x, n, dy, 1f, dw);
    assertMaxRelativeError(golden.f32("dw"), dw.toArray(), 1e-6);
    var dbias = zeros(1, dy.cols());
    Linear.backwardBias(dy, n, dbias);
    assertMaxRelativeError(golden.f32("dbias"), dbias.toArray(), 1e-6);
  }

  @Test
  void lowRankPathMatchesPyTorch() {
    var golden = Golden.load("ops/lora_linear");
    float scale = Float.parseFloat(golden.metadata().get("scale"));
    var x = golden(golden, "x");
    var w = golden(golden, "w");
    var a = golden(golden, "a");
    var b = golden(golden, "b");
    var dy = golden(golden, "dy");
    int n = (int) x.rows();
    var low = zeros(n, b.cols());
    var y = zeros(n, dy.cols());
    Linear.forward(x, n, w, 1f, 0f, y);
    Linear.forward(x, n, a, 1f, 0f, low);
    Linear.forward(low, n, b, scale, 1f, y);
    assertMaxRelativeError(golden.f32("y"), y.toArray(), 1e-6);
    var dLow = zeros(n, b.cols());
    var dx = zeros(n, x.cols());
    Linear.backward(dy, n, w, 1f, 0f, dx);
    Linear.backward(dy, n, b, scale, 0f, dLow);
    Linear.backward(dLow, n, a, 1f, 1f, dx);
    assertMaxRelativeError(golden.f32("dx"), dx.toArray(), 1e-6);
    var da = zeros(a.rows(), a.cols());
    Linear.backwardWeight(x, n, dLow, 1f, da);
    assertMaxRelativeError(golden.f32("da"), da.toArray(), 1e-6);
    var db = zeros(b.rows(), b.cols());
    Linear.backwardWeight(low, n, dy, scale, db);
    assertMaxRelativeError(golden.f32("db"), db.toArray(), 1e-6);
  }

  @Test
  void adamWMatchesPyTorch() {
    var golden = Golden.load("ops/adamw");
    var param = golden(golden, "param");
    var grads = golden(golden, "grads");
    int n = param.cols();
    var m = zeros(1, n);
    var v = zeros(1, n);
    for (int s = 0; s < grads.rows(); s++) {
      var step =
          AdamW.Step.of(
              s + 1,
              number(golden, "lr"),
              number(golden, "weightDecay"),
              number(golden, "beta1"),
              number(golden, "beta2"),
              number(golden, "eps"),
              1);
      AdamW.update(param, grads.rows(s, s + 1), m, v, 0, n, step);
      assertClose(row(golden, "params", s, n), param.toArray(), 1e-6, 1e-7);
      assertClose(row(golden, "m", s, n), m.toArray(), 1e-6, 1e-8);
      assertClose(row(golden, "v", s, n), v.toArray(), 1e-6, 0);
    }
  }

  private static double number(Golden golden, String key) {
    return Double.parseDouble(golden.metadata().get(key));
  }

  private static float[] row(Golden golden, String name, int row, int n) {
    return Arrays.copyOfRange(golden.f32(name), row * n, (row + 1) * n);
  }
}

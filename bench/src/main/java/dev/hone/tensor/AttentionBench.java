package dev.hone.tensor;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Attention forward and backward over one row, 9 heads over 3 of keys, 64 wide, on one thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class AttentionBench {
  private static final int HEADS = 9;
  private static final int KV_HEADS = 3;
  private static final int HEAD_DIM = 64;

  @Param({"67", "259", "1027"})
  int seqLen;

  private final Attention attention = new Attention(HEADS, KV_HEADS, HEAD_DIM);
  private final Spans row = new Spans(1);
  private final Arena arena = Arena.ofAuto();
  private final SplittableRandom random = new SplittableRandom(1);
  private Attention.Scratch scratch;
  private Tensor q;
  private Tensor k;
  private Tensor v;
  private Tensor dout;
  private Tensor out;
  private Tensor lse;
  private Tensor dq;
  private Tensor dk;
  private Tensor dv;

  /// Makes the operands, and checks the last query's answer and the keys' gradients.
  @Setup
  public void prepare() {
    row.add(0, seqLen, Spans.NOTHING);
    scratch = attention.scratch(new ArenaAllocator(arena), seqLen, true);
    q = rows(HEADS * HEAD_DIM);
    k = rows(KV_HEADS * HEAD_DIM);
    v = rows(KV_HEADS * HEAD_DIM);
    dout = rows(HEADS * HEAD_DIM);
    out = rows(HEADS * HEAD_DIM);
    lse = rows(HEADS);
    dq = rows(HEADS * HEAD_DIM);
    dk = rows(KV_HEADS * HEAD_DIM);
    dv = rows(KV_HEADS * HEAD_DIM);
    forward();
    for (int c = 0; c < out.cols(); c++) {
      Answers.check("out", List.of(lastOut(c)), List.of((double) out.get(seqLen - 1, c)), 1e-4);
    }
    backward();
    Answers.check("dv", List.of(sum(dout)), List.of(sum(dv)), 1e-2);
    Answers.check("dq", List.of(dot(k, dk)), List.of(dot(q, dq)), 1e-2);
  }

  @Benchmark
  public void forward() {
    attention.forward(q, k, v, row, scratch, out, lse);
  }

  @Benchmark
  public void backward() {
    attention.backward(q, k, v, row, scratch, out, lse, dout, dq, dk, dv);
  }

  private Tensor rows(int cols) {
    return Answers.random(random, seqLen, cols, arena);
  }

  /// A channel of the last query's output, which sees all keys, by definition.
  private double lastOut(int channel) {
    int head = channel / HEAD_DIM;
    int keyHead = head / (HEADS / KV_HEADS);
    double sum = 0;
    double weights = 0;
    for (int t = 0; t < seqLen; t++) {
      double score = 0;
      for (int d = 0; d < HEAD_DIM; d++) {
        score += (double) q.get(seqLen - 1, head * HEAD_DIM + d) * k.get(t, keyHead * HEAD_DIM + d);
      }
      double weight = Math.exp(score / Math.sqrt(HEAD_DIM));
      weights += weight;
      sum += weight * v.get(t, keyHead * HEAD_DIM + channel % HEAD_DIM);
    }
    return sum / weights;
  }

  /// Each query's weights add up to 1, so that the gradients of `v` add up to those of `out`.
  private static double sum(Tensor x) {
    double sum = 0;
    for (float value : x.toArray()) {
      sum += value;
    }
    return sum;
  }

  /// Only `q·k` counts, so that growing `q` does what growing `k` does: `Σ q·dq = Σ k·dk`.
  private static double dot(Tensor x, Tensor y) {
    double sum = 0;
    for (int t = 0; t < x.rows(); t++) {
      for (int c = 0; c < x.cols(); c++) {
        sum += (double) x.get(t, c) * y.get(t, c);
      }
    }
    return sum;
  }
}

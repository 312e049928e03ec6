package dev.hone.tensor;

import static dev.hone.tensor.Lanes.ADDRESS;
import static dev.hone.tensor.Lanes.INDEX;
import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.MEMORY;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static dev.hone.tensor.Lanes.address;
import static dev.hone.tensor.Lanes.exp;
import static dev.hone.tensor.Lanes.f32;
import static dev.hone.tensor.Lanes.gated;
import static dev.hone.tensor.Lanes.geluArgument;
import static dev.hone.tensor.Lanes.geluSlope;
import static dev.hone.tensor.Lanes.larger;
import static dev.hone.tensor.Lanes.largest;
import static dev.hone.tensor.Lanes.sigmoid;
import static dev.hone.tensor.Lanes.siluSlope;
import static dev.hone.tensor.Lanes.sum;
import static dev.hone.tensor.Lanes.tanh;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// The kernels with the Vector API, at the width that the processor prefers; what is left over at
/// the end of a run goes through one masked vector.
///
/// Loops are short and their vectors local, so that the compiler keeps them in registers: with many
/// accumulators it was seen to give up and box them. One is enough here: the exponential's own
/// chain of a dozen operations hides the sum's latency, and the rest is bound by memory.
final class VectorKernels implements Kernels {
  @Override
  public String name() {
    return "vector-" + SPECIES.vectorBitSize();
  }

  @Override
  public void add(MemorySegment dst, long dstAt, MemorySegment src, long srcAt, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      fromMemorySegment(SPECIES, dst, dstAt + 4L * i, ORDER)
          .add(fromMemorySegment(SPECIES, src, srcAt + 4L * i, ORDER))
          .intoMemorySegment(dst, dstAt + 4L * i, ORDER);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      fromMemorySegment(SPECIES, dst, dstAt + 4L * i, ORDER, rest)
          .add(fromMemorySegment(SPECIES, src, srcAt + 4L * i, ORDER, rest))
          .intoMemorySegment(dst, dstAt + 4L * i, ORDER, rest);
    }
  }

  @Override
  public void clear(MemorySegment x, long xAt, int n) {
    x.asSlice(xAt, 4L * n).fill((byte) 0);
  }

  @Override
  public void scale(MemorySegment x, long xAt, int n, float factor) {
    for (int i = 0; i < n; i += LANES) {
      var in = SPECIES.indexInRange(i, n);
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, in)
          .mul(factor)
          .intoMemorySegment(x, xAt + 4L * i, ORDER, in);
    }
  }

  @Override
  public void multiply(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      var in = SPECIES.indexInRange(i, n);
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, in)
          .mul(fromMemorySegment(SPECIES, w, wAt + 4L * i, ORDER, in))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, in);
    }
  }

  @Override
  public void multiplyAdd(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      var in = SPECIES.indexInRange(i, n);
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, in)
          .mul(fromMemorySegment(SPECIES, w, wAt + 4L * i, ORDER, in))
          .add(fromMemorySegment(SPECIES, y, yAt + 4L * i, ORDER, in))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, in);
    }
  }

  @Override
  public float dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    var sum = FloatVector.zero(SPECIES);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      sum =
          fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER)
              .fma(fromMemorySegment(SPECIES, y, yAt + 4L * i, ORDER), sum);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      sum =
          fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest)
              .fma(fromMemorySegment(SPECIES, y, yAt + 4L * i, ORDER, rest), sum);
    }
    return sum(sum);
  }

  @Override
  public float rmsNorm(
      MemorySegment x, long xAt, MemorySegment w, RmsNorm norm, int n, MemorySegment y, long yAt) {
    float r = (float) (1 / Math.sqrt(sumOfSquares(x, xAt, n) / n + norm.eps()));
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER)
          .mul(r)
          .mul(fromMemorySegment(SPECIES, w, 4L * i, ORDER).add(norm.offset()))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest)
          .mul(r)
          .mul(fromMemorySegment(SPECIES, w, 4L * i, ORDER, rest).add(norm.offset()))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, rest);
    }
    return r;
  }

  @Override
  public void rmsNormBackward(
      MemorySegment x,
      long xAt,
      MemorySegment w,
      float offset,
      float r,
      MemorySegment dy,
      long dyAt,
      int n,
      MemorySegment dx,
      long dxAt) {
    float shared = (float) (-weightedDot(x, xAt, w, offset, dy, dyAt, n) * r * r * r / n);
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var step =
          fromMemorySegment(SPECIES, dy, dyAt + 4L * i, ORDER)
              .mul(fromMemorySegment(SPECIES, w, 4L * i, ORDER).add(offset))
              .mul(r);
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER)
          .fma(step.broadcast(shared), step)
          .add(fromMemorySegment(SPECIES, dx, dxAt + 4L * i, ORDER))
          .intoMemorySegment(dx, dxAt + 4L * i, ORDER);
    }
    if (i < n) {
      long from = 4L * i;
      rmsNormBackwardRest(
          x, xAt + from, w, from, offset, r, shared, dy, dyAt + from, n - i, dx, dxAt + from);
    }
  }

  /// Less than a vector. Apart, since the first compiler gives up on methods so large that vectors
  /// are not objects to it yet, and may never hand them to the second one.
  private static void rmsNormBackwardRest(
      MemorySegment x,
      long xAt,
      MemorySegment w,
      long wAt,
      float offset,
      float r,
      float shared,
      MemorySegment dy,
      long dyAt,
      int n,
      MemorySegment dx,
      long dxAt) {
    var rest = SPECIES.indexInRange(0, n);
    var step =
        fromMemorySegment(SPECIES, dy, dyAt, ORDER, rest)
            .mul(fromMemorySegment(SPECIES, w, wAt, ORDER, rest).add(offset))
            .mul(r);
    var sum = fromMemorySegment(SPECIES, x, xAt, ORDER, rest).fma(step.broadcast(shared), step);
    sum.add(fromMemorySegment(SPECIES, dx, dxAt, ORDER, rest))
        .intoMemorySegment(dx, dxAt, ORDER, rest);
  }

  /// `Σ x·w·dy`
  private static double weightedDot(
      MemorySegment x,
      long xAt,
      MemorySegment w,
      float offset,
      MemorySegment dy,
      long dyAt,
      int n) {
    int i = 0;
    var sums = FloatVector.zero(SPECIES);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      sums =
          fromMemorySegment(SPECIES, dy, dyAt + 4L * i, ORDER)
              .mul(fromMemorySegment(SPECIES, w, 4L * i, ORDER).add(offset))
              .fma(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER), sums);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      sums =
          fromMemorySegment(SPECIES, dy, dyAt + 4L * i, ORDER, rest)
              .mul(fromMemorySegment(SPECIES, w, 4L * i, ORDER, rest).add(offset))
              .fma(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest), sums);
    }
    return sum(sums);
  }

  @Override
  public void rmsNormBackwardWeight(
      MemorySegment x, long xAt, float r, MemorySegment dy, long dyAt, int n, MemorySegment dw) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      fromMemorySegment(SPECIES, dy, dyAt + 4L * i, ORDER)
          .mul(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER))
          .mul(r)
          .add(fromMemorySegment(SPECIES, dw, 4L * i, ORDER))
          .intoMemorySegment(dw, 4L * i, ORDER);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      var step =
          fromMemorySegment(SPECIES, dy, dyAt + 4L * i, ORDER, rest)
              .mul(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest))
              .mul(r);
      step.add(fromMemorySegment(SPECIES, dw, 4L * i, ORDER, rest))
          .intoMemorySegment(dw, 4L * i, ORDER, rest);
    }
  }

  @Override
  public void rotate(
      MemorySegment x,
      long xAt,
      MemorySegment cos,
      MemorySegment sin,
      long tableAt,
      int half,
      float direction) {
    long upper = xAt + 4L * half;
    int i = 0;
    for (; i < SPECIES.loopBound(half); i += LANES) {
      var a = fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER);
      var b = fromMemorySegment(SPECIES, x, upper + 4L * i, ORDER);
      var c = fromMemorySegment(SPECIES, cos, tableAt + 4L * i, ORDER);
      var s = fromMemorySegment(SPECIES, sin, tableAt + 4L * i, ORDER).mul(direction);
      a.mul(c).sub(b.mul(s)).intoMemorySegment(x, xAt + 4L * i, ORDER);
      b.mul(c).add(a.mul(s)).intoMemorySegment(x, upper + 4L * i, ORDER);
    }
    // a small head's halves are shorter than a vector: element by element is faster than a mask
    for (; i < half; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
      float b = x.get(JAVA_FLOAT_UNALIGNED, upper + 4L * i);
      float c = cos.get(JAVA_FLOAT_UNALIGNED, tableAt + 4L * i);
      float s = sin.get(JAVA_FLOAT_UNALIGNED, tableAt + 4L * i) * direction;
      x.set(JAVA_FLOAT_UNALIGNED, xAt + 4L * i, a * c - b * s);
      x.set(JAVA_FLOAT_UNALIGNED, upper + 4L * i, b * c + a * s);
    }
  }

  @Override
  public void swiGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      gated(
              fromMemorySegment(SPECIES, gate, at + 4L * i, ORDER),
              fromMemorySegment(SPECIES, up, at + 4L * i, ORDER))
          .intoMemorySegment(y, at + 4L * i, ORDER);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      gated(
              fromMemorySegment(SPECIES, gate, at + 4L * i, ORDER, rest),
              fromMemorySegment(SPECIES, up, at + 4L * i, ORDER, rest))
          .intoMemorySegment(y, at + 4L * i, ORDER, rest);
    }
  }

  @Override
  public void swiGluBackward(
      MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var g = fromMemorySegment(SPECIES, gate, at + 4L * i, ORDER);
      var d = fromMemorySegment(SPECIES, dy, at + 4L * i, ORDER);
      var s = sigmoid(g);
      var silu = g.mul(s);
      d.mul(fromMemorySegment(SPECIES, up, at + 4L * i, ORDER))
          .mul(siluSlope(s, silu))
          .intoMemorySegment(gate, at + 4L * i, ORDER);
      d.mul(silu).intoMemorySegment(up, at + 4L * i, ORDER);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      var g = fromMemorySegment(SPECIES, gate, at + 4L * i, ORDER, rest);
      var d = fromMemorySegment(SPECIES, dy, at + 4L * i, ORDER, rest);
      var s = sigmoid(g);
      var silu = g.mul(s);
      d.mul(fromMemorySegment(SPECIES, up, at + 4L * i, ORDER, rest))
          .mul(siluSlope(s, silu))
          .intoMemorySegment(gate, at + 4L * i, ORDER, rest);
      d.mul(silu).intoMemorySegment(up, at + 4L * i, ORDER, rest);
    }
  }

  @Override
  public void geGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += LANES) {
      var some = SPECIES.indexInRange(i, n);
      var g = fromMemorySegment(SPECIES, gate, at + 4L * i, ORDER, some);
      g.mul(sigmoid(geluArgument(g)))
          .mul(fromMemorySegment(SPECIES, up, at + 4L * i, ORDER, some))
          .intoMemorySegment(y, at + 4L * i, ORDER, some);
    }
  }

  @Override
  public void geGluBackward(
      MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n) {
    for (int i = 0; i < n; i += LANES) {
      var some = SPECIES.indexInRange(i, n);
      var g = fromMemorySegment(SPECIES, gate, at + 4L * i, ORDER, some);
      var d = fromMemorySegment(SPECIES, dy, at + 4L * i, ORDER, some);
      var s = sigmoid(geluArgument(g));
      d.mul(fromMemorySegment(SPECIES, up, at + 4L * i, ORDER, some))
          .mul(geluSlope(g, s))
          .intoMemorySegment(gate, at + 4L * i, ORDER, some);
      d.mul(g).mul(s).intoMemorySegment(up, at + 4L * i, ORDER, some);
    }
  }

  @Override
  public void softCap(MemorySegment x, long xAt, int n, float cap) {
    for (int i = 0; i < n; i += LANES) {
      var some = SPECIES.indexInRange(i, n);
      tanh(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, some).div(cap))
          .mul(cap)
          .intoMemorySegment(x, xAt + 4L * i, ORDER, some);
    }
  }

  @Override
  public void softCapBackward(
      MemorySegment y, long yAt, MemorySegment dx, long dxAt, int n, float cap) {
    for (int i = 0; i < n; i += LANES) {
      var some = SPECIES.indexInRange(i, n);
      var share = fromMemorySegment(SPECIES, y, yAt + 4L * i, ORDER, some).div(cap);
      var d = fromMemorySegment(SPECIES, dx, dxAt + 4L * i, ORDER, some);
      share.mul(share).neg().fma(d, d).intoMemorySegment(dx, dxAt + 4L * i, ORDER, some);
    }
  }

  /// The largest element that is a number.
  private static float max(MemorySegment x, long xAt, int n) {
    int i = 0;
    var top = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      top = larger(top, fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER));
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      top = top.blend(larger(top, fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest)), rest);
    }
    return largest(top);
  }

  @Override
  public float attentionWeights(MemorySegment x, long xAt, int visible, int n) {
    float max = max(x, xAt, visible);
    int i = 0;
    var sums = FloatVector.zero(SPECIES);
    for (; i < SPECIES.loopBound(visible); i += LANES) {
      var e = exp(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER).sub(max));
      e.intoMemorySegment(x, xAt + 4L * i, ORDER);
      sums = sums.add(e);
    }
    if (i < visible) {
      var rest = SPECIES.indexInRange(i, visible);
      var e = exp(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest).sub(max));
      e.intoMemorySegment(x, xAt + 4L * i, ORDER, rest);
      sums = sums.add(e, rest);
    }
    double sum = sum(sums);
    scale(x, xAt, visible, (float) (1 / sum));
    clear(x, xAt + 4L * visible, n - visible);
    return (float) (max + Math.log(sum));
  }

  @Override
  public void attentionBackward(
      MemorySegment s,
      long sAt,
      MemorySegment dp,
      long dpAt,
      int visible,
      int n,
      float lse,
      float delta) {
    int i = 0;
    for (; i < SPECIES.loopBound(visible); i += LANES) {
      var p = exp(fromMemorySegment(SPECIES, s, sAt + 4L * i, ORDER).sub(lse));
      var ds = fromMemorySegment(SPECIES, dp, dpAt + 4L * i, ORDER).sub(delta).mul(p);
      p.intoMemorySegment(s, sAt + 4L * i, ORDER);
      ds.intoMemorySegment(dp, dpAt + 4L * i, ORDER);
    }
    if (i < visible) {
      var rest = SPECIES.indexInRange(i, visible);
      var p = exp(fromMemorySegment(SPECIES, s, sAt + 4L * i, ORDER, rest).sub(lse));
      var ds = fromMemorySegment(SPECIES, dp, dpAt + 4L * i, ORDER, rest).sub(delta).mul(p);
      p.intoMemorySegment(s, sAt + 4L * i, ORDER, rest);
      ds.intoMemorySegment(dp, dpAt + 4L * i, ORDER, rest);
    }
    clear(s, sAt + 4L * visible, n - visible);
    clear(dp, dpAt + 4L * visible, n - visible);
  }

  @Override
  public void copyRows(
      MemorySegment from,
      long fromAt,
      long fromStride,
      MemorySegment to,
      long toAt,
      long toStride,
      int rows,
      int n,
      float factor) {
    for (int r = 0; r < rows; r++) {
      long source = fromAt + r * fromStride;
      long target = toAt + r * toStride;
      int i = 0;
      for (; i < SPECIES.loopBound(n); i += LANES) {
        fromMemorySegment(SPECIES, from, source + 4L * i, ORDER)
            .mul(factor)
            .intoMemorySegment(to, target + 4L * i, ORDER);
      }
      if (i < n) {
        var rest = SPECIES.indexInRange(i, n);
        fromMemorySegment(SPECIES, from, source + 4L * i, ORDER, rest)
            .mul(factor)
            .intoMemorySegment(to, target + 4L * i, ORDER, rest);
      }
    }
  }

  @Override
  public void softmaxOf(MemorySegment x, long xAt, int n, float lse) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      exp(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER).sub(lse))
          .intoMemorySegment(x, xAt + 4L * i, ORDER);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      exp(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest).sub(lse))
          .intoMemorySegment(x, xAt + 4L * i, ORDER, rest);
    }
  }

  @Override
  public void panels(
      MemorySegment x,
      long xAt,
      int k,
      MemorySegment p,
      long pAt,
      long rowStride,
      long panelStride,
      MemorySegment y,
      long yAt,
      int n) {
    if (n == 0 || k == 0) {
      return;
    }
    long size = (n - 1) / Panels.WIDTH * panelStride + (k - 1) * rowStride + 4L * Panels.WIDTH;
    Objects.checkFromIndexSize(xAt, 4L * k, x.byteSize());
    Objects.checkFromIndexSize(pAt, size, p.byteSize());
    Objects.checkFromIndexSize(yAt, 4L * n, y.byteSize());
    long in = address(x, xAt);
    long panels = address(p, pAt);
    long out = address(y, yAt);
    for (int c = 0; c < n; c += LANES) {
      long at = panels + c / Panels.WIDTH * panelStride + 4L * (c % Panels.WIDTH);
      panel(in, k, at, rowStride, out + 4L * c, n - c);
    }
  }

  /// A vector of outputs, or the `n` that are left. Four sums at a time: the next term of one would
  /// wait for the last.
  private static void panel(long in, int k, long panel, long rowStride, long out, int n) {
    long x = in & ADDRESS;
    long p = panel & ADDRESS;
    long y = out & ADDRESS;
    long row = rowStride & INDEX;
    var there = SPECIES.indexInRange(0, n);
    var a = fromMemorySegment(SPECIES, MEMORY, y, ORDER, there);
    var b = FloatVector.zero(SPECIES);
    var c = b;
    var d = b;
    int i = 0;
    for (; i + 4 <= k; i += 4) {
      long q = x + 4L * (i & INDEX);
      a = fromMemorySegment(SPECIES, MEMORY, p, ORDER).fma(broadcast(SPECIES, f32(q)), a);
      b = fromMemorySegment(SPECIES, MEMORY, p + row, ORDER).fma(broadcast(SPECIES, f32(q + 4)), b);
      c =
          fromMemorySegment(SPECIES, MEMORY, p + 2 * row, ORDER)
              .fma(broadcast(SPECIES, f32(q + 8)), c);
      d =
          fromMemorySegment(SPECIES, MEMORY, p + 3 * row, ORDER)
              .fma(broadcast(SPECIES, f32(q + 12)), d);
      p = p + 4 * row & ADDRESS;
    }
    for (; i < k; i++) {
      float factor = f32(x + 4L * (i & INDEX));
      a = fromMemorySegment(SPECIES, MEMORY, p, ORDER).fma(broadcast(SPECIES, factor), a);
      p = p + row & ADDRESS;
    }
    a.add(b).add(c.add(d)).intoMemorySegment(MEMORY, y, ORDER, there);
  }

  @Override
  public double logSumExp(MemorySegment x, long xAt, int n) {
    float max = max(x, xAt, n);
    int i = 0;
    var sums = FloatVector.zero(SPECIES);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      sums = sums.add(exp(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER).sub(max)));
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      sums = sums.add(exp(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest).sub(max)), rest);
    }
    return max + Math.log((double) sum(sums));
  }

  @Override
  public int argMax(MemorySegment x, long xAt, int n) {
    float max = max(x, xAt, n);
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var found =
          fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER).compare(VectorOperators.EQ, max);
      if (found.anyTrue()) {
        return i + found.firstTrue();
      }
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      var found =
          fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest)
              .compare(VectorOperators.EQ, max, rest);
      return found.anyTrue() ? i + found.firstTrue() : 0;
    }
    return 0;
  }

  @Override
  public void adamW(
      MemorySegment param,
      MemorySegment grad,
      MemorySegment m,
      MemorySegment v,
      long at,
      int n,
      AdamW.Step step) {
    VectorAdamW.step(param, grad, m, v, at, n, step);
  }
}

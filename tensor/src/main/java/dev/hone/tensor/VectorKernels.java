package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The kernels with the Vector API, at the width that the processor prefers; what is left over at
/// the end of a run goes through one masked vector.
///
/// Loops are short and their vectors local, so that the compiler keeps them in registers: with many
/// accumulators it was seen to give up and box them. One accumulator is enough here, since the
/// exponential's own chain of about a dozen operations hides the sum's latency, and the rest is
/// bound by memory.
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /// Each brings the upper half of what is left down to the lower one.
  private static final List<VectorShuffle<Float>> HALVINGS =
      IntStream.iterate(LANES / 2, width -> width > 0, width -> width / 2)
          .mapToObj(width -> VectorShuffle.iota(SPECIES, width, 1, true))
          .toList();

  @Override
  public String name() {
    return "vector-" + SPECIES.vectorBitSize();
  }

  private static FloatVector load(MemorySegment x, long offset, int i) {
    return FloatVector.fromMemorySegment(SPECIES, x, offset + 4L * i, ORDER);
  }

  private static void store(FloatVector value, MemorySegment x, long offset, int i) {
    value.intoMemorySegment(x, offset + 4L * i, ORDER);
  }

  /// What is left of a run, with zeros behind it.
  private static FloatVector load(MemorySegment x, long offset, int i, VectorMask<Float> rest) {
    return FloatVector.fromMemorySegment(SPECIES, x, offset + 4L * i, ORDER, rest);
  }

  private static void store(
      FloatVector value, MemorySegment x, long offset, int i, VectorMask<Float> rest) {
    value.intoMemorySegment(x, offset + 4L * i, ORDER, rest);
  }

  private static VectorMask<Float> rest(int i, int n) {
    return SPECIES.indexInRange(i, n);
  }

  /// The sum of all lanes, halves upon halves. `reduceLanes` leaves its order open and takes
  /// another one once the compiler has been there: a run's bits would depend on when that was.
  private static float sum(FloatVector v) {
    var sum = v;
    for (int i = 0; i < HALVINGS.size(); i++) {
      sum = sum.add(sum.rearrange(HALVINGS.get(i)));
    }
    return sum.lane(0);
  }

  /// `eˣ` to about 1 ulp: `x = n·ln 2 + r`, a polynomial for `eʳ` and `n` added to the exponent.
  /// (Cephes, `expf`.)
  ///
  /// Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low mantissa bits, from
  /// where one shift brings it to the exponent's place.
  private static FloatVector exp(FloatVector input) {
    var x = input.max(-87.3f).min(88.3f);
    var shifted = x.fma(x.broadcast(1.44269504f), x.broadcast(12582912f));
    var n = shifted.sub(12582912f);
    var r = n.fma(n.broadcast(-0.693359375f), x);
    r = n.fma(n.broadcast(2.12194440e-4f), r);
    var p = r.broadcast(1.9875691500e-4f);
    p = p.fma(r, r.broadcast(1.3981999507e-3f));
    p = p.fma(r, r.broadcast(8.3334519073e-3f));
    p = p.fma(r, r.broadcast(4.1665795894e-2f));
    p = p.fma(r, r.broadcast(1.6666665459e-1f));
    p = p.fma(r, r.broadcast(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    var power =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(0x3F800000)
            .reinterpretAsFloats();
    return p.mul(power);
  }

  @Override
  public void add(MemorySegment dst, long dstAt, MemorySegment src, long srcAt, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      store(load(dst, dstAt, i).add(load(src, srcAt, i)), dst, dstAt, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      store(load(dst, dstAt, i, rest).add(load(src, srcAt, i, rest)), dst, dstAt, i, rest);
    }
  }

  @Override
  public void scale(MemorySegment x, long xAt, int n, float factor) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      store(load(x, xAt, i).mul(factor), x, xAt, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      store(load(x, xAt, i, rest).mul(factor), x, xAt, i, rest);
    }
  }

  @Override
  public double sumOfSquares(MemorySegment x, long xAt, int n) {
    return dot(x, xAt, x, xAt, n);
  }

  @Override
  public float dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    var sum = FloatVector.zero(SPECIES);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      sum = load(x, xAt, i).fma(load(y, yAt, i), sum);
    }
    if (i < n) {
      var rest = rest(i, n);
      sum = load(x, xAt, i, rest).fma(load(y, yAt, i, rest), sum);
    }
    return sum(sum);
  }

  @Override
  public float rmsNorm(
      MemorySegment x, long xAt, MemorySegment w, int n, float eps, MemorySegment y, long yAt) {
    float r = (float) (1 / Math.sqrt(sumOfSquares(x, xAt, n) / n + eps));
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      store(load(x, xAt, i).mul(r).mul(load(w, 0, i)), y, yAt, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      store(load(x, xAt, i, rest).mul(r).mul(load(w, 0, i, rest)), y, yAt, i, rest);
    }
    return r;
  }

  @Override
  public void rmsNormBackward(
      MemorySegment x,
      long xAt,
      MemorySegment w,
      float r,
      MemorySegment dy,
      long dyAt,
      int n,
      MemorySegment dx,
      long dxAt) {
    int bound = SPECIES.loopBound(n);
    var rest = rest(bound, n);
    var sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < bound; i += LANES) {
      sums = load(dy, dyAt, i).mul(load(w, 0, i)).fma(load(x, xAt, i), sums);
    }
    if (bound < n) {
      var weighted = load(dy, dyAt, bound, rest).mul(load(w, 0, bound, rest));
      sums = weighted.fma(load(x, xAt, bound, rest), sums);
    }
    float shared = (float) (-(double) sum(sums) * r * r * r / n);
    for (int i = 0; i < bound; i += LANES) {
      var step = load(dy, dyAt, i).mul(load(w, 0, i)).mul(r);
      store(load(x, xAt, i).fma(step.broadcast(shared), step).add(load(dx, dxAt, i)), dx, dxAt, i);
    }
    if (bound < n) {
      var step = load(dy, dyAt, bound, rest).mul(load(w, 0, bound, rest)).mul(r);
      var sum = load(x, xAt, bound, rest).fma(step.broadcast(shared), step);
      store(sum.add(load(dx, dxAt, bound, rest)), dx, dxAt, bound, rest);
    }
  }

  @Override
  public void rmsNormBackwardWeight(
      MemorySegment x, long xAt, float r, MemorySegment dy, long dyAt, int n, MemorySegment dw) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      store(load(dy, dyAt, i).mul(load(x, xAt, i)).mul(r).add(load(dw, 0, i)), dw, 0, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      var step = load(dy, dyAt, i, rest).mul(load(x, xAt, i, rest)).mul(r);
      store(step.add(load(dw, 0, i, rest)), dw, 0, i, rest);
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
    int i = 0;
    long upper = xAt + 4L * half;
    for (; i < SPECIES.loopBound(half); i += LANES) {
      var a = load(x, xAt, i);
      var b = load(x, upper, i);
      var c = load(cos, tableAt, i);
      var s = load(sin, tableAt, i).mul(direction);
      store(a.mul(c).sub(b.mul(s)), x, xAt, i);
      store(b.mul(c).add(a.mul(s)), x, upper, i);
    }
    if (i < half) {
      var rest = rest(i, half);
      var a = load(x, xAt, i, rest);
      var b = load(x, upper, i, rest);
      var c = load(cos, tableAt, i, rest);
      var s = load(sin, tableAt, i, rest).mul(direction);
      store(a.mul(c).sub(b.mul(s)), x, xAt, i, rest);
      store(b.mul(c).add(a.mul(s)), x, upper, i, rest);
    }
  }

  private static FloatVector silu(FloatVector g) {
    return g.div(exp(g.neg()).add(1f));
  }

  @Override
  public void swiGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      store(silu(load(gate, at, i)).mul(load(up, at, i)), y, at, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      store(silu(load(gate, at, i, rest)).mul(load(up, at, i, rest)), y, at, i, rest);
    }
  }

  @Override
  public void swiGluBackward(
      MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var g = load(gate, at, i);
      var d = load(dy, at, i);
      var s = sigmoid(g);
      store(d.mul(load(up, at, i)).mul(siluSlope(g, s)), gate, at, i);
      store(d.mul(g).mul(s), up, at, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      var g = load(gate, at, i, rest);
      var d = load(dy, at, i, rest);
      var s = sigmoid(g);
      store(d.mul(load(up, at, i, rest)).mul(siluSlope(g, s)), gate, at, i, rest);
      store(d.mul(g).mul(s), up, at, i, rest);
    }
  }

  private static FloatVector sigmoid(FloatVector g) {
    return g.broadcast(1f).div(exp(g.neg()).add(1f));
  }

  /// The derivative of `g · s` with `s = sigmoid(g)`.
  private static FloatVector siluSlope(FloatVector g, FloatVector s) {
    return s.mul(g.mul(s.broadcast(1f).sub(s)).add(1f));
  }

  private static float max(MemorySegment x, long xAt, int n) {
    int i = 0;
    var top = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      top = top.max(load(x, xAt, i));
    }
    if (i < n) {
      var rest = rest(i, n);
      top = top.lanewise(VectorOperators.MAX, load(x, xAt, i, rest), rest);
    }
    return top.reduceLanes(VectorOperators.MAX);
  }

  @Override
  public float softmax(MemorySegment x, long xAt, int n, float scale) {
    float max = scale * max(x, xAt, n);
    int i = 0;
    var sums = FloatVector.zero(SPECIES);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var e = exp(load(x, xAt, i).mul(scale).sub(max));
      store(e, x, xAt, i);
      sums = sums.add(e);
    }
    if (i < n) {
      var rest = rest(i, n);
      var e = exp(load(x, xAt, i, rest).mul(scale).sub(max));
      store(e, x, xAt, i, rest);
      sums = sums.add(e, rest);
    }
    double sum = sum(sums);
    scale(x, xAt, n, (float) (1 / sum));
    return (float) (max + Math.log(sum));
  }

  @Override
  public void softmaxAgain(MemorySegment x, long xAt, int n, float scale, float lse) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      store(exp(load(x, xAt, i).mul(scale).sub(lse)), x, xAt, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      store(exp(load(x, xAt, i, rest).mul(scale).sub(lse)), x, xAt, i, rest);
    }
  }

  @Override
  public void softmaxBackward(
      MemorySegment p, long pAt, MemorySegment dp, long dpAt, int n, float delta, float scale) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      store(load(dp, dpAt, i).sub(delta).mul(load(p, pAt, i)).mul(scale), dp, dpAt, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      var step = load(dp, dpAt, i, rest).sub(delta).mul(load(p, pAt, i, rest)).mul(scale);
      store(step, dp, dpAt, i, rest);
    }
  }

  @Override
  public double logSumExp(MemorySegment x, long xAt, int n) {
    float max = max(x, xAt, n);
    int i = 0;
    var sums = FloatVector.zero(SPECIES);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      sums = sums.add(exp(load(x, xAt, i).sub(max)));
    }
    if (i < n) {
      var rest = rest(i, n);
      sums = sums.add(exp(load(x, xAt, i, rest).sub(max)), rest);
    }
    return max + Math.log((double) sum(sums));
  }

  @Override
  public int argMax(MemorySegment x, long xAt, int n) {
    float max = max(x, xAt, n);
    for (int i = 0; i < n; i += LANES) {
      var rest = rest(i, n);
      var found = load(x, xAt, i, rest).compare(VectorOperators.EQ, max).and(rest);
      if (found.anyTrue()) {
        return i + found.firstTrue();
      }
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
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var g = load(grad, at, i).mul(step.gradScale());
      var first = firstMoment(g, load(m, at, i), step);
      var second = secondMoment(g, load(v, at, i), step);
      store(first, m, at, i);
      store(second, v, at, i);
      store(stepped(load(param, at, i), first, second, step), param, at, i);
    }
    if (i < n) {
      var rest = rest(i, n);
      var g = load(grad, at, i, rest).mul(step.gradScale());
      var first = firstMoment(g, load(m, at, i, rest), step);
      var second = secondMoment(g, load(v, at, i, rest), step);
      store(first, m, at, i, rest);
      store(second, v, at, i, rest);
      store(stepped(load(param, at, i, rest), first, second, step), param, at, i, rest);
    }
  }

  private static FloatVector firstMoment(FloatVector g, FloatVector m, AdamW.Step step) {
    return g.sub(m).fma(g.broadcast(step.oneMinusBeta1()), m);
  }

  private static FloatVector secondMoment(FloatVector g, FloatVector v, AdamW.Step step) {
    return v.mul(step.beta2()).add(g.mul(g).mul(step.oneMinusBeta2()));
  }

  private static FloatVector stepped(
      FloatVector param, FloatVector first, FloatVector second, AdamW.Step step) {
    var denominator = second.sqrt().mul(step.inverseRootCorrection2()).add(step.eps());
    return param.mul(step.decayFactor()).sub(first.div(denominator).mul(step.stepSize()));
  }
}

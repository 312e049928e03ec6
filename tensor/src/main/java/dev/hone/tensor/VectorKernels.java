package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The kernels with the Vector API, at the width that the processor prefers; what is left over runs
/// through [ScalarKernels], element by element.
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

  private final ScalarKernels scalar = new ScalarKernels();

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

  private static float at(MemorySegment x, long offset, int i) {
    return x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
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
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      store(load(dst, dstAt, i).add(load(src, srcAt, i)), dst, dstAt, i);
    }
    scalar.add(dst, dstAt + 4L * bound, src, srcAt + 4L * bound, n - bound);
  }

  @Override
  public void scale(MemorySegment x, long xAt, int n, float factor) {
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      store(load(x, xAt, i).mul(factor), x, xAt, i);
    }
    scalar.scale(x, xAt + 4L * bound, n - bound, factor);
  }

  @Override
  public double sumOfSquares(MemorySegment x, long xAt, int n) {
    return squares(x, xAt, n);
  }

  private double squares(MemorySegment x, long xAt, int n) {
    int bound = SPECIES.loopBound(n);
    var sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < bound; i += LANES) {
      var v = load(x, xAt, i);
      sum = v.fma(v, sum);
    }
    return sum(sum) + scalar.sumOfSquares(x, xAt + 4L * bound, n - bound);
  }

  @Override
  public float dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int bound = SPECIES.loopBound(n);
    var sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < bound; i += LANES) {
      sum = load(x, xAt, i).fma(load(y, yAt, i), sum);
    }
    return sum(sum) + scalar.dot(x, xAt + 4L * bound, y, yAt + 4L * bound, n - bound);
  }

  @Override
  public float rmsNorm(
      MemorySegment x, long xAt, MemorySegment w, int n, float eps, MemorySegment y, long yAt) {
    float r = (float) (1 / Math.sqrt(squares(x, xAt, n) / n + eps));
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      store(load(x, xAt, i).mul(r).mul(load(w, 0, i)), y, yAt, i);
    }
    for (int i = bound; i < n; i++) {
      y.set(JAVA_FLOAT_UNALIGNED, yAt + 4L * i, at(x, xAt, i) * r * at(w, 0, i));
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
    var sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < bound; i += LANES) {
      sums = load(dy, dyAt, i).mul(load(w, 0, i)).fma(load(x, xAt, i), sums);
    }
    double sum = sum(sums);
    for (int i = bound; i < n; i++) {
      sum += (double) at(dy, dyAt, i) * at(w, 0, i) * at(x, xAt, i);
    }
    float shared = (float) (-sum * r * r * r / n);
    for (int i = 0; i < bound; i += LANES) {
      var step = load(dy, dyAt, i).mul(load(w, 0, i)).mul(r);
      store(load(x, xAt, i).fma(step.broadcast(shared), step).add(load(dx, dxAt, i)), dx, dxAt, i);
    }
    for (int i = bound; i < n; i++) {
      float step = r * at(dy, dyAt, i) * at(w, 0, i) + at(x, xAt, i) * shared;
      dx.set(JAVA_FLOAT_UNALIGNED, dxAt + 4L * i, at(dx, dxAt, i) + step);
    }
  }

  @Override
  public void rmsNormBackwardWeight(
      MemorySegment x, long xAt, float r, MemorySegment dy, long dyAt, int n, MemorySegment dw) {
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      store(load(dy, dyAt, i).mul(load(x, xAt, i)).mul(r).add(load(dw, 0, i)), dw, 0, i);
    }
    for (int i = bound; i < n; i++) {
      dw.set(JAVA_FLOAT_UNALIGNED, 4L * i, at(dw, 0, i) + at(dy, dyAt, i) * at(x, xAt, i) * r);
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
    int bound = SPECIES.loopBound(half);
    long upper = xAt + 4L * half;
    for (int i = 0; i < bound; i += LANES) {
      var a = load(x, xAt, i);
      var b = load(x, upper, i);
      var c = load(cos, tableAt, i);
      var s = load(sin, tableAt, i).mul(direction);
      store(a.mul(c).sub(b.mul(s)), x, xAt, i);
      store(b.mul(c).add(a.mul(s)), x, upper, i);
    }
    for (int i = bound; i < half; i++) {
      float a = at(x, xAt, i);
      float b = at(x, upper, i);
      float c = at(cos, tableAt, i);
      float s = at(sin, tableAt, i) * direction;
      x.set(JAVA_FLOAT_UNALIGNED, xAt + 4L * i, a * c - b * s);
      x.set(JAVA_FLOAT_UNALIGNED, upper + 4L * i, b * c + a * s);
    }
  }

  @Override
  public void swiGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n) {
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      var g = load(gate, at, i);
      store(g.div(exp(g.neg()).add(1f)).mul(load(up, at, i)), y, at, i);
    }
    long rest = at + 4L * bound;
    scalar.swiGlu(gate, up, y, rest, n - bound);
  }

  @Override
  public void swiGluBackward(
      MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n) {
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      var g = load(gate, at, i);
      var d = load(dy, at, i);
      var one = FloatVector.broadcast(SPECIES, 1f);
      var s = one.div(exp(g.neg()).add(1f));
      var slope = g.mul(one.sub(s)).add(1f);
      store(d.mul(load(up, at, i)).mul(s).mul(slope), gate, at, i);
      store(d.mul(g).mul(s), up, at, i);
    }
    scalar.swiGluBackward(gate, up, dy, at + 4L * bound, n - bound);
  }

  private static float max(MemorySegment x, long xAt, int n) {
    int bound = SPECIES.loopBound(n);
    float max = Float.NEGATIVE_INFINITY;
    if (bound > 0) {
      var top = load(x, xAt, 0);
      for (int i = LANES; i < bound; i += LANES) {
        top = top.max(load(x, xAt, i));
      }
      max = top.reduceLanes(VectorOperators.MAX);
    }
    for (int i = bound; i < n; i++) {
      max = Math.max(max, at(x, xAt, i));
    }
    return max;
  }

  @Override
  public float softmax(MemorySegment x, long xAt, int n, float scale) {
    float max = scale * max(x, xAt, n);
    int bound = SPECIES.loopBound(n);
    var sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < bound; i += LANES) {
      var e = exp(load(x, xAt, i).mul(scale).sub(max));
      store(e, x, xAt, i);
      sums = sums.add(e);
    }
    double sum = sum(sums);
    for (int i = bound; i < n; i++) {
      double e = Math.exp(scale * at(x, xAt, i) - max);
      x.set(JAVA_FLOAT_UNALIGNED, xAt + 4L * i, (float) e);
      sum += e;
    }
    scale(x, xAt, n, (float) (1 / sum));
    return (float) (max + Math.log(sum));
  }

  @Override
  public void softmaxAgain(MemorySegment x, long xAt, int n, float scale, float lse) {
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      store(exp(load(x, xAt, i).mul(scale).sub(lse)), x, xAt, i);
    }
    scalar.softmaxAgain(x, xAt + 4L * bound, n - bound, scale, lse);
  }

  @Override
  public void softmaxBackward(
      MemorySegment p, long pAt, MemorySegment dp, long dpAt, int n, float delta, float scale) {
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      store(load(dp, dpAt, i).sub(delta).mul(load(p, pAt, i)).mul(scale), dp, dpAt, i);
    }
    scalar.softmaxBackward(p, pAt + 4L * bound, dp, dpAt + 4L * bound, n - bound, delta, scale);
  }

  @Override
  public double logSumExp(MemorySegment x, long xAt, int n) {
    float max = max(x, xAt, n);
    int bound = SPECIES.loopBound(n);
    var sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < bound; i += LANES) {
      sums = sums.add(exp(load(x, xAt, i).sub(max)));
    }
    double sum = sum(sums);
    for (int i = bound; i < n; i++) {
      sum += Math.exp(at(x, xAt, i) - max);
    }
    return max + Math.log(sum);
  }

  @Override
  public int argMax(MemorySegment x, long xAt, int n) {
    float max = max(x, xAt, n);
    for (int i = 0; i < n; i++) {
      if (at(x, xAt, i) == max) {
        return i;
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
    int bound = SPECIES.loopBound(n);
    for (int i = 0; i < bound; i += LANES) {
      var g = load(grad, at, i).mul(step.gradScale());
      var old = load(m, at, i);
      var first = g.sub(old).fma(g.broadcast(step.oneMinusBeta1()), old);
      var second = load(v, at, i).mul(step.beta2()).add(g.mul(g).mul(step.oneMinusBeta2()));
      var denominator = second.sqrt().mul(step.inverseRootCorrection2()).add(step.eps());
      store(first, m, at, i);
      store(second, v, at, i);
      var decayed = load(param, at, i).mul(step.decayFactor());
      store(decayed.sub(first.div(denominator).mul(step.stepSize())), param, at, i);
    }
    scalar.adamW(param, grad, m, v, at + 4L * bound, n - bound, step);
  }
}

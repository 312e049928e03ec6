package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// The definition of every kernel: one element after the other, sums in double.
final class ScalarKernels implements Kernels {
  @Override
  public String name() {
    return "scalar";
  }

  private static float at(MemorySegment x, long offset, int i) {
    return x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
  }

  private static void put(MemorySegment x, long offset, int i, double value) {
    x.set(JAVA_FLOAT_UNALIGNED, offset + 4L * i, (float) value);
  }

  @Override
  public void add(MemorySegment dst, long dstAt, MemorySegment src, long srcAt, int n) {
    for (int i = 0; i < n; i++) {
      put(dst, dstAt, i, at(dst, dstAt, i) + at(src, srcAt, i));
    }
  }

  @Override
  public void clear(MemorySegment x, long xAt, int n) {
    for (int i = 0; i < n; i++) {
      put(x, xAt, i, 0);
    }
  }

  @Override
  public void scale(MemorySegment x, long xAt, int n, float factor) {
    for (int i = 0; i < n; i++) {
      put(x, xAt, i, at(x, xAt, i) * factor);
    }
  }

  @Override
  public void multiply(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      put(y, yAt, i, at(x, xAt, i) * at(w, wAt, i));
    }
  }

  @Override
  public void multiplyAdd(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      put(y, yAt, i, at(y, yAt, i) + at(x, xAt, i) * at(w, wAt, i));
    }
  }

  @Override
  public double sumOfSquares(MemorySegment x, long xAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) at(x, xAt, i) * at(x, xAt, i);
    }
    return sum;
  }

  @Override
  public float dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) at(x, xAt, i) * at(y, yAt, i);
    }
    return (float) sum;
  }

  @Override
  public float rmsNorm(
      MemorySegment x, long xAt, MemorySegment w, RmsNorm norm, int n, MemorySegment y, long yAt) {
    float r = (float) (1 / Math.sqrt(sumOfSquares(x, xAt, n) / n + norm.eps()));
    for (int i = 0; i < n; i++) {
      put(y, yAt, i, at(x, xAt, i) * r * (at(w, 0, i) + norm.offset()));
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
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) at(dy, dyAt, i) * (at(w, 0, i) + offset) * at(x, xAt, i);
    }
    double shared = sum * r * r * r / n;
    for (int i = 0; i < n; i++) {
      put(
          dx,
          dxAt,
          i,
          at(dx, dxAt, i) + r * at(dy, dyAt, i) * (at(w, 0, i) + offset) - at(x, xAt, i) * shared);
    }
  }

  @Override
  public void rmsNormBackwardWeight(
      MemorySegment x, long xAt, float r, MemorySegment dy, long dyAt, int n, MemorySegment dw) {
    for (int i = 0; i < n; i++) {
      put(dw, 0, i, at(dw, 0, i) + at(dy, dyAt, i) * at(x, xAt, i) * r);
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
    for (int i = 0; i < half; i++) {
      float a = at(x, xAt, i);
      float b = at(x, xAt, half + i);
      float c = at(cos, tableAt, i);
      float s = direction * at(sin, tableAt, i);
      put(x, xAt, i, a * c - b * s);
      put(x, xAt, half + i, b * c + a * s);
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  public void swiGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i++) {
      double g = at(gate, at, i);
      put(y, at, i, g * sigmoid(g) * at(up, at, i));
    }
  }

  @Override
  public void swiGluBackward(
      MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n) {
    for (int i = 0; i < n; i++) {
      double g = at(gate, at, i);
      double s = sigmoid(g);
      double d = at(dy, at, i);
      put(gate, at, i, d * at(up, at, i) * s * (1 + g * (1 - s)));
      put(up, at, i, d * g * s);
    }
  }

  @Override
  public void geGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i++) {
      double g = at(gate, at, i);
      put(y, at, i, g * sigmoid(geluArgument(g)) * at(up, at, i));
    }
  }

  @Override
  public void geGluBackward(
      MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n) {
    for (int i = 0; i < n; i++) {
      double g = at(gate, at, i);
      double s = sigmoid(geluArgument(g));
      double d = at(dy, at, i);
      double slope = s + g * s * (1 - s) * GELU_SCALE * (1 + 3 * GELU_CUBIC * g * g);
      put(gate, at, i, d * at(up, at, i) * slope);
      put(up, at, i, d * g * s);
    }
  }

  /// `½(1 + tanh(u)) = sigmoid(2u)`
  private static double geluArgument(double g) {
    return GELU_SCALE * (g + GELU_CUBIC * g * g * g);
  }

  @Override
  public void softCap(MemorySegment x, long xAt, int n, float cap) {
    for (int i = 0; i < n; i++) {
      put(x, xAt, i, cap * Math.tanh((double) at(x, xAt, i) / cap));
    }
  }

  @Override
  public void softCapBackward(
      MemorySegment y, long yAt, MemorySegment dx, long dxAt, int n, float cap) {
    for (int i = 0; i < n; i++) {
      double share = (double) at(y, yAt, i) / cap;
      put(dx, dxAt, i, at(dx, dxAt, i) * (1 - share * share));
    }
  }

  private static float max(MemorySegment x, long xAt, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, at(x, xAt, i));
    }
    return max;
  }

  @Override
  public float attentionWeights(MemorySegment x, long xAt, int visible, int n) {
    double lse = logSumExp(x, xAt, visible);
    for (int i = 0; i < n; i++) {
      put(x, xAt, i, i < visible ? Math.exp(at(x, xAt, i) - lse) : 0);
    }
    return (float) lse;
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
    for (int i = 0; i < n; i++) {
      double p = i < visible ? Math.exp((double) at(s, sAt, i) - lse) : 0;
      put(s, sAt, i, p);
      put(dp, dpAt, i, i < visible ? p * ((double) at(dp, dpAt, i) - delta) : 0);
    }
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
      for (int i = 0; i < n; i++) {
        put(to, toAt + r * toStride, i, at(from, fromAt + r * fromStride, i) * factor);
      }
    }
  }

  @Override
  public void softmaxOf(MemorySegment x, long xAt, int n, float lse) {
    for (int i = 0; i < n; i++) {
      put(x, xAt, i, Math.exp((double) at(x, xAt, i) - lse));
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
    for (int c = 0; c < n; c++) {
      long panelAt = pAt + c / Panels.WIDTH * panelStride;
      double sum = at(y, yAt, c);
      for (int i = 0; i < k; i++) {
        sum += (double) at(x, xAt, i) * at(p, panelAt + i * rowStride, c % Panels.WIDTH);
      }
      put(y, yAt, c, sum);
    }
  }

  @Override
  public double logSumExp(MemorySegment x, long xAt, int n) {
    double max = max(x, xAt, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(at(x, xAt, i) - max);
    }
    return max + Math.log(sum);
  }

  @Override
  public int argMax(MemorySegment x, long xAt, int n) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (at(x, xAt, i) > at(x, xAt, best)) {
        best = i;
      }
    }
    return best;
  }

  /// The one kernel that must round exactly where [VectorKernels] does: parameters are cut into
  /// ranges for threads, and which elements are left over for this code must not show.
  @Override
  public void adamW(
      MemorySegment param,
      MemorySegment grad,
      MemorySegment m,
      MemorySegment v,
      long at,
      int n,
      AdamW.Step step) {
    for (int i = 0; i < n; i++) {
      float g = at(grad, at, i) * step.gradScale();
      float old = at(m, at, i);
      float first = Math.fma(g - old, step.oneMinusBeta1(), old);
      float second = at(v, at, i) * step.beta2() + g * g * step.oneMinusBeta2();
      float decayed = at(param, at, i) * step.decayFactor();
      float denominator = (float) Math.sqrt(second) * step.inverseRootCorrection2() + step.eps();
      put(m, at, i, first);
      put(v, at, i, second);
      put(param, at, i, decayed - step.stepSize() * (first / denominator));
    }
  }
}

package dev.hone.tensor;

import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static dev.hone.tensor.Lanes.sum;
import static dev.hone.tensor.NarrowLanes.BYTES;
import static dev.hone.tensor.NarrowLanes.loadBf16;
import static dev.hone.tensor.NarrowLanes.loadInt8;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The kernels with the Vector API: a vector of the input meets one of each of the four rows, which
/// hides an addition's latency as well. What is left of a row goes element by element.
final class VectorRowKernels implements RowKernels {
  private static float bf16(MemorySegment w, long offset) {
    return Float.intBitsToFloat(w.get(JAVA_SHORT_UNALIGNED, offset) << 16);
  }

  /// Four outputs, `step` bytes apart. What was there is read before anything is written: they may
  /// be one.
  private static void put(
      MemorySegment y, long at, long step, float beta, float a, float b, float c, float d) {
    long at1 = at + step;
    long at2 = at1 + step;
    long at3 = at2 + step;
    if (beta != 0) {
      a += beta * y.get(JAVA_FLOAT_UNALIGNED, at);
      b += beta * y.get(JAVA_FLOAT_UNALIGNED, at1);
      c += beta * y.get(JAVA_FLOAT_UNALIGNED, at2);
      d += beta * y.get(JAVA_FLOAT_UNALIGNED, at3);
    }
    y.set(JAVA_FLOAT_UNALIGNED, at, a);
    y.set(JAVA_FLOAT_UNALIGNED, at1, b);
    y.set(JAVA_FLOAT_UNALIGNED, at2, c);
    y.set(JAVA_FLOAT_UNALIGNED, at3, d);
  }

  @Override
  public void dotF32(
      MemorySegment w,
      long wAt,
      int rows,
      int apart,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt) {
    for (int r = 0; r < rows; r++) {
      long first = wAt + 4L * r * n;
      fourF32(w, first, 4L * apart * n, x, xAt, n, beta, y, yAt + 4L * r, 4L * apart);
    }
  }

  private static void fourF32(
      MemorySegment w,
      long w0,
      long wStep,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt,
      long yStep) {
    long w1 = w0 + wStep;
    long w2 = w1 + wStep;
    long w3 = w2 + wStep;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var v = fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER);
      a = v.fma(fromMemorySegment(SPECIES, w, w0 + 4L * i, ORDER), a);
      b = v.fma(fromMemorySegment(SPECIES, w, w1 + 4L * i, ORDER), b);
      c = v.fma(fromMemorySegment(SPECIES, w, w2 + 4L * i, ORDER), c);
      d = v.fma(fromMemorySegment(SPECIES, w, w3 + 4L * i, ORDER), d);
    }
    float p = sum(a);
    float q = sum(b);
    float r = sum(c);
    float s = sum(d);
    for (; i < n; i++) {
      float v = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
      p += w.get(JAVA_FLOAT_UNALIGNED, w0 + 4L * i) * v;
      q += w.get(JAVA_FLOAT_UNALIGNED, w1 + 4L * i) * v;
      r += w.get(JAVA_FLOAT_UNALIGNED, w2 + 4L * i) * v;
      s += w.get(JAVA_FLOAT_UNALIGNED, w3 + 4L * i) * v;
    }
    put(y, yAt, yStep, beta, p, q, r, s);
  }

  @Override
  public void dotBf16(
      MemorySegment w,
      long wAt,
      int rows,
      int apart,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt) {
    for (int r = 0; r < rows; r++) {
      long first = wAt + 2L * r * n;
      fourBf16(w, first, 2L * apart * n, x, xAt, n, beta, y, yAt + 4L * r, 4L * apart);
    }
  }

  private static void fourBf16(
      MemorySegment w,
      long w0,
      long wStep,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt,
      long yStep) {
    long w1 = w0 + wStep;
    long w2 = w1 + wStep;
    long w3 = w2 + wStep;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var v = fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER);
      a = loadBf16(w, w0, i).fma(v, a);
      b = loadBf16(w, w1, i).fma(v, b);
      c = loadBf16(w, w2, i).fma(v, c);
      d = loadBf16(w, w3, i).fma(v, d);
    }
    float p = sum(a);
    float q = sum(b);
    float r = sum(c);
    float s = sum(d);
    for (; i < n; i++) {
      float v = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
      p += bf16(w, w0 + 2L * i) * v;
      q += bf16(w, w1 + 2L * i) * v;
      r += bf16(w, w2 + 2L * i) * v;
      s += bf16(w, w3 + 2L * i) * v;
    }
    put(y, yAt, yStep, beta, p, q, r, s);
  }

  @Override
  public void dotInt8(
      MemorySegment q,
      long qAt,
      MemorySegment scales,
      long scalesAt,
      int rows,
      int apart,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt) {
    long step = 4L * apart;
    for (int r = 0; r < rows; r++) {
      long first = qAt + (long) r * n;
      long scale = scalesAt + 4L * r;
      fourInt8(q, first, (long) apart * n, scales, scale, x, xAt, n, beta, y, yAt + 4L * r, step);
    }
  }

  private static void fourInt8(
      MemorySegment q,
      long q0,
      long qStep,
      MemorySegment scales,
      long scaleAt,
      MemorySegment x,
      long xAt,
      int n,
      float beta,
      MemorySegment y,
      long yAt,
      long yStep) {
    long q1 = q0 + qStep;
    long q2 = q1 + qStep;
    long q3 = q2 + qStep;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i <= n - BYTES; i += LANES) {
      var v = fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER);
      a = loadInt8(q, q0, i).fma(v, a);
      b = loadInt8(q, q1, i).fma(v, b);
      c = loadInt8(q, q2, i).fma(v, c);
      d = loadInt8(q, q3, i).fma(v, d);
    }
    float p = sum(a);
    float r = sum(b);
    float s = sum(c);
    float t = sum(d);
    for (; i < n; i++) {
      float v = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
      p += q.get(JAVA_BYTE, q0 + i) * v;
      r += q.get(JAVA_BYTE, q1 + i) * v;
      s += q.get(JAVA_BYTE, q2 + i) * v;
      t += q.get(JAVA_BYTE, q3 + i) * v;
    }
    p *= scales.get(JAVA_FLOAT_UNALIGNED, scaleAt);
    r *= scales.get(JAVA_FLOAT_UNALIGNED, scaleAt + yStep);
    s *= scales.get(JAVA_FLOAT_UNALIGNED, scaleAt + 2 * yStep);
    t *= scales.get(JAVA_FLOAT_UNALIGNED, scaleAt + 3 * yStep);
    put(y, yAt, yStep, beta, p, r, s, t);
  }
}

package dev.hone.tensor;

import static dev.hone.tensor.Lanes.ADDRESS;
import static dev.hone.tensor.Lanes.INDEX;
import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.MEMORY;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static dev.hone.tensor.Lanes.address;
import static dev.hone.tensor.Lanes.f16;
import static dev.hone.tensor.Lanes.f32;
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
  private static float bf16(long address) {
    return Float.intBitsToFloat(MEMORY.get(JAVA_SHORT_UNALIGNED, address) << 16);
  }

  private static byte int8(long address) {
    return MEMORY.get(JAVA_BYTE, address);
  }

  private static void put(long y, long step, float beta, float a, float b, float c, float d) {
    put(y, y + step, y + 2 * step, y + 3 * step, beta, a, b, c, d);
  }

  /// Four outputs. What was there is read before anything is written: they may be one.
  private static void put(
      long y, long y1, long y2, long y3, float beta, float a, float b, float c, float d) {
    if (beta != 0) {
      a += beta * f32(y);
      b += beta * f32(y1);
      c += beta * f32(y2);
      d += beta * f32(y3);
    }
    MEMORY.set(JAVA_FLOAT_UNALIGNED, y, a);
    MEMORY.set(JAVA_FLOAT_UNALIGNED, y1, b);
    MEMORY.set(JAVA_FLOAT_UNALIGNED, y2, c);
    MEMORY.set(JAVA_FLOAT_UNALIGNED, y3, d);
  }

  @Override
  public void dotF32(
      MemorySegment w,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    long from = address(w, 4L * first * n);
    long in = address(x, 0);
    long out = address(y, 4L * first);
    for (int r = 0; r < rows; r++) {
      fourF32(from + 4L * r * n, 4L * apart * n, in, n, beta, out + 4L * r, 4L * apart);
    }
  }

  private static void fourF32(long w, long wStep, long in, int n, float beta, long y, long yStep) {
    long w0 = w & ADDRESS;
    long w1 = w + wStep & ADDRESS;
    long w2 = w + 2 * wStep & ADDRESS;
    long w3 = w + 3 * wStep & ADDRESS;
    long x = in & ADDRESS;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      long at = 4L * (i & INDEX);
      var v = fromMemorySegment(SPECIES, MEMORY, x + at, ORDER);
      a = v.fma(fromMemorySegment(SPECIES, MEMORY, w0 + at, ORDER), a);
      b = v.fma(fromMemorySegment(SPECIES, MEMORY, w1 + at, ORDER), b);
      c = v.fma(fromMemorySegment(SPECIES, MEMORY, w2 + at, ORDER), c);
      d = v.fma(fromMemorySegment(SPECIES, MEMORY, w3 + at, ORDER), d);
    }
    float p = sum(a);
    float q = sum(b);
    float r = sum(c);
    float s = sum(d);
    for (; i < n; i++) {
      float v = f32(x + 4L * i);
      p += f32(w0 + 4L * i) * v;
      q += f32(w1 + 4L * i) * v;
      r += f32(w2 + 4L * i) * v;
      s += f32(w3 + 4L * i) * v;
    }
    put(y, yStep, beta, p, q, r, s);
  }

  @Override
  public void dotBf16(
      MemorySegment w,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    long from = address(w, 2L * first * n);
    long in = address(x, 0);
    long out = address(y, 4L * first);
    for (int r = 0; r < rows; r++) {
      fourBf16(from + 2L * r * n, 2L * apart * n, in, n, beta, out + 4L * r, 4L * apart);
    }
  }

  private static void fourBf16(long w, long wStep, long in, int n, float beta, long y, long yStep) {
    long w0 = w & ADDRESS;
    long w1 = w + wStep & ADDRESS;
    long w2 = w + 2 * wStep & ADDRESS;
    long w3 = w + 3 * wStep & ADDRESS;
    long x = in & ADDRESS;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      int at = i & INDEX;
      var v = fromMemorySegment(SPECIES, MEMORY, x + 4L * at, ORDER);
      a = loadBf16(MEMORY, w0, at).fma(v, a);
      b = loadBf16(MEMORY, w1, at).fma(v, b);
      c = loadBf16(MEMORY, w2, at).fma(v, c);
      d = loadBf16(MEMORY, w3, at).fma(v, d);
    }
    float p = sum(a);
    float q = sum(b);
    float r = sum(c);
    float s = sum(d);
    for (; i < n; i++) {
      float v = f32(x + 4L * i);
      p += bf16(w0 + 2L * i) * v;
      q += bf16(w1 + 2L * i) * v;
      r += bf16(w2 + 2L * i) * v;
      s += bf16(w3 + 2L * i) * v;
    }
    put(y, yStep, beta, p, q, r, s);
  }

  @Override
  public void dotInt8(
      MemorySegment q,
      MemorySegment scales,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    long from = address(q, (long) first * n);
    long scale = address(scales, 4L * first);
    long in = address(x, 0);
    long out = address(y, 4L * first);
    for (int r = 0; r < rows; r++) {
      long at = 4L * r;
      fourInt8(
          from + (long) r * n, (long) apart * n, scale + at, in, n, beta, out + at, 4L * apart);
    }
  }

  private static void fourInt8(
      long q, long qStep, long scale, long in, int n, float beta, long y, long yStep) {
    long q0 = q & ADDRESS;
    long q1 = q + qStep & ADDRESS;
    long q2 = q + 2 * qStep & ADDRESS;
    long q3 = q + 3 * qStep & ADDRESS;
    long x = in & ADDRESS;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i <= n - BYTES; i += LANES) {
      int at = i & INDEX;
      var v = fromMemorySegment(SPECIES, MEMORY, x + 4L * at, ORDER);
      a = loadInt8(MEMORY, q0, at).fma(v, a);
      b = loadInt8(MEMORY, q1, at).fma(v, b);
      c = loadInt8(MEMORY, q2, at).fma(v, c);
      d = loadInt8(MEMORY, q3, at).fma(v, d);
    }
    float p = sum(a);
    float r = sum(b);
    float s = sum(c);
    float t = sum(d);
    for (; i < n; i++) {
      float v = f32(x + 4L * i);
      p += int8(q0 + i) * v;
      r += int8(q1 + i) * v;
      s += int8(q2 + i) * v;
      t += int8(q3 + i) * v;
    }
    p *= f32(scale);
    r *= f32(scale + yStep);
    s *= f32(scale + 2 * yStep);
    t *= f32(scale + 3 * yStep);
    put(y, yStep, beta, p, r, s, t);
  }

  @Override
  public boolean takesQ8() {
    return LANES >= 8;
  }

  @Override
  public void dotQ8(
      MemorySegment w,
      int pairedRows,
      int first,
      int rows,
      int apart,
      MemorySegment x,
      int n,
      float beta,
      MemorySegment y) {
    long rowBytes = BlockType.Q8_0.byteSize(n);
    long from = address(w, first * rowBytes);
    long in = address(x, 0);
    long out = address(y, 0);
    for (int r = 0; r < rows; r++) {
      int row = first + r;
      fourQ8(
          from + r * rowBytes,
          apart * rowBytes,
          in,
          n,
          beta,
          out + 4 * BlockMatrix.rowStoredAt(row, pairedRows),
          out + 4 * BlockMatrix.rowStoredAt(row + apart, pairedRows),
          out + 4 * BlockMatrix.rowStoredAt(row + 2L * apart, pairedRows),
          out + 4 * BlockMatrix.rowStoredAt(row + 3L * apart, pairedRows));
    }
  }

  /// A block's products are added up before its scale is applied.
  private static void fourQ8(
      long w, long wStep, long in, int n, float beta, long y0, long y1, long y2, long y3) {
    long w0 = w & ADDRESS;
    long w1 = w + wStep & ADDRESS;
    long w2 = w + 2 * wStep & ADDRESS;
    long w3 = w + 3 * wStep & ADDRESS;
    long x = in & ADDRESS;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    for (int block = 0; block < n / 32; block++) {
      long at = 34L * (block & INDEX);
      long xAt = x + 128L * (block & INDEX);
      var p = FloatVector.zero(SPECIES);
      var q = p;
      var r = p;
      var s = p;
      for (int i = 0; i < 32; i += LANES) {
        int element = i & INDEX;
        var v = fromMemorySegment(SPECIES, MEMORY, xAt + 4L * element, ORDER);
        p = loadInt8(MEMORY, w0 + at + 2, element).fma(v, p);
        q = loadInt8(MEMORY, w1 + at + 2, element).fma(v, q);
        r = loadInt8(MEMORY, w2 + at + 2, element).fma(v, r);
        s = loadInt8(MEMORY, w3 + at + 2, element).fma(v, s);
      }
      a = p.fma(p.broadcast(f16(w0 + at)), a);
      b = q.fma(q.broadcast(f16(w1 + at)), b);
      c = r.fma(r.broadcast(f16(w2 + at)), c);
      d = s.fma(s.broadcast(f16(w3 + at)), d);
    }
    put(y0, y1, y2, y3, beta, sum(a), sum(b), sum(c), sum(d));
  }
}

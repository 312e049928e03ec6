package dev.hone.tensor;

import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static dev.hone.tensor.Lanes.sum;
import static dev.hone.tensor.NarrowLanes.BYTES;
import static dev.hone.tensor.NarrowLanes.loadBf16;
import static dev.hone.tensor.NarrowLanes.loadInt8;
import static dev.hone.tensor.NarrowLanes.loadSums;
import static dev.hone.tensor.NarrowLanes.magnitudeBits;
import static dev.hone.tensor.NarrowLanes.storeInt8;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The kernels with the Vector API. Rows of weights are as wide as vectors nearly always, so what
/// is left over goes element by element where a mask would need another kind of vector.
final class VectorNarrowKernels implements NarrowKernels {
  private static float at(MemorySegment x, long offset, int i) {
    return x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
  }

  private static void put(MemorySegment x, long offset, int i, float value) {
    x.set(JAVA_FLOAT_UNALIGNED, offset + 4L * i, value);
  }

  @Override
  public float largest(MemorySegment x, long xAt, int n) {
    // as integers, magnitudes have the order of the numbers, and a NaN stands above all
    int i = 0;
    var top = IntVector.zero(NarrowLanes.INTS);
    for (; i < SPECIES.loopBound(n); i += LANES) {
      top = top.max(magnitudeBits(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER)));
    }
    if (i < n) {
      top =
          top.max(
              magnitudeBits(
                  fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, SPECIES.indexInRange(i, n))));
    }
    return Float.intBitsToFloat(top.reduceLanes(VectorOperators.MAX));
  }

  @Override
  public void toInt8(MemorySegment x, long xAt, int n, float inverse, MemorySegment q, long qAt) {
    int i = 0;
    for (; i <= n - BYTES; i += LANES) {
      storeInt8(fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER).mul(inverse), q, qAt, i);
    }
    for (; i < n; i++) {
      q.set(JAVA_BYTE, qAt + i, (byte) Math.rint(at(x, xAt, i) * inverse));
    }
  }

  @Override
  public void fromInt8(MemorySegment q, long qAt, int n, float scale, MemorySegment y, long yAt) {
    int i = 0;
    for (; i <= n - BYTES; i += LANES) {
      loadInt8(q, qAt, i).mul(scale).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      put(y, yAt, i, q.get(JAVA_BYTE, qAt + i) * scale);
    }
  }

  @Override
  public void fromBf16(MemorySegment x, long xAt, int n, MemorySegment y, long yAt) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      loadBf16(x, xAt, i).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      put(y, yAt, i, Float.intBitsToFloat(x.get(JAVA_SHORT_UNALIGNED, xAt + 2L * i) << 16));
    }
  }

  @Override
  public void remainder(MemorySegment q, long qAt, int n, float scale, MemorySegment x, long xAt) {
    int i = 0;
    for (; i <= n - BYTES; i += LANES) {
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER)
          .sub(loadInt8(q, qAt, i).mul(scale))
          .intoMemorySegment(x, xAt + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      put(x, xAt, i, at(x, xAt, i) - q.get(JAVA_BYTE, qAt + i) * scale);
    }
  }

  @Override
  public void multiply(
      MemorySegment x, long xAt, MemorySegment w, long wAt, int n, MemorySegment y) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER)
          .mul(fromMemorySegment(SPECIES, w, wAt + 4L * i, ORDER))
          .intoMemorySegment(y, 4L * i, ORDER);
    }
    if (i < n) {
      var rest = SPECIES.indexInRange(i, n);
      fromMemorySegment(SPECIES, x, xAt + 4L * i, ORDER, rest)
          .mul(fromMemorySegment(SPECIES, w, wAt + 4L * i, ORDER, rest))
          .intoMemorySegment(y, 4L * i, ORDER, rest);
    }
  }

  @Override
  public void rescale(
      MemorySegment sums,
      long sumsAt,
      int n,
      float factor,
      MemorySegment w,
      float beta,
      MemorySegment y,
      long yAt) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var product =
          loadSums(sums, sumsAt, i).mul(factor).mul(fromMemorySegment(SPECIES, w, 4L * i, ORDER));
      var sum =
          beta == 0
              ? product
              : product.add(fromMemorySegment(SPECIES, y, yAt + 4L * i, ORDER).mul(beta));
      sum.intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float old = beta == 0 ? 0 : beta * at(y, yAt, i);
      put(y, yAt, i, NarrowLanes.sumAt(sums, sumsAt, i) * factor * at(w, 0, i) + old);
    }
  }

  @Override
  public void rescale(
      MemorySegment sums, long sumsAt, int n, float factor, float beta, MemorySegment y, long yAt) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var product = loadSums(sums, sumsAt, i).mul(factor);
      var sum =
          beta == 0
              ? product
              : product.add(fromMemorySegment(SPECIES, y, yAt + 4L * i, ORDER).mul(beta));
      sum.intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float old = beta == 0 ? 0 : beta * at(y, yAt, i);
      put(y, yAt, i, NarrowLanes.sumAt(sums, sumsAt, i) * factor + old);
    }
  }
}

package dev.hone.tensor;

import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// [Kernels#panels] with the Vector API, in methods small enough for the first compiler, as
/// [VectorAdamW]. Four sums at a time: the next term of one would wait for the last.
final class VectorPanels {
  private VectorPanels() {}

  static void add(
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
    int c = 0;
    for (; c < SPECIES.loopBound(n); c += LANES) {
      long at = pAt + c / Panels.WIDTH * panelStride + 4L * (c % Panels.WIDTH);
      vector(x, xAt, k, p, at, rowStride, y, yAt + 4L * c);
    }
    if (c < n) {
      long at = pAt + c / Panels.WIDTH * panelStride + 4L * (c % Panels.WIDTH);
      rest(x, xAt, k, p, at, rowStride, y, yAt + 4L * c, n - c);
    }
  }

  private static void vector(
      MemorySegment x,
      long xAt,
      int k,
      MemorySegment p,
      long at,
      long rowStride,
      MemorySegment y,
      long yAt) {
    var a = fromMemorySegment(SPECIES, y, yAt, ORDER);
    var b = FloatVector.zero(SPECIES);
    var c = b;
    var d = b;
    int i = 0;
    for (; i + 4 <= k; i += 4) {
      long q = at + i * rowStride;
      long r = xAt + 4L * i;
      a =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r)), a);
      q += rowStride;
      b =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r + 4)), b);
      q += rowStride;
      c =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r + 8)), c);
      q += rowStride;
      d =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r + 12)), d);
    }
    for (; i < k; i++) {
      float factor = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
      a =
          fromMemorySegment(SPECIES, p, at + i * rowStride, ORDER)
              .fma(broadcast(SPECIES, factor), a);
    }
    a.add(b).add(c.add(d)).intoMemorySegment(y, yAt, ORDER);
  }

  /// Less than a vector of outputs.
  private static void rest(
      MemorySegment x,
      long xAt,
      int k,
      MemorySegment p,
      long at,
      long rowStride,
      MemorySegment y,
      long yAt,
      int n) {
    var rest = SPECIES.indexInRange(0, n);
    var a = fromMemorySegment(SPECIES, y, yAt, ORDER, rest);
    var b = FloatVector.zero(SPECIES);
    var c = b;
    var d = b;
    int i = 0;
    for (; i + 4 <= k; i += 4) {
      long q = at + i * rowStride;
      long r = xAt + 4L * i;
      a =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r)), a);
      q += rowStride;
      b =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r + 4)), b);
      q += rowStride;
      c =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r + 8)), c);
      q += rowStride;
      d =
          fromMemorySegment(SPECIES, p, q, ORDER)
              .fma(broadcast(SPECIES, x.get(JAVA_FLOAT_UNALIGNED, r + 12)), d);
    }
    for (; i < k; i++) {
      float factor = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
      a =
          fromMemorySegment(SPECIES, p, at + i * rowStride, ORDER)
              .fma(broadcast(SPECIES, factor), a);
    }
    a.add(b).add(c.add(d)).intoMemorySegment(y, yAt, ORDER, rest);
  }
}

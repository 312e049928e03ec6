package dev.hone.tensor;

import static dev.hone.tensor.Lanes.ADDRESS;
import static dev.hone.tensor.Lanes.INDEX;
import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.MEMORY;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static dev.hone.tensor.Lanes.address;
import static dev.hone.tensor.Lanes.f32;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// [Kernels#panels] with the Vector API. A vector of a panel meets up to four rows while it is
/// there, and no sum is waited for by its own next term.
final class VectorPanels {
  private static final long ROW = 4L * Panels.WIDTH;

  private VectorPanels() {}

  static void add(
      MemorySegment x,
      long xAt,
      long xStride,
      int rows,
      int k,
      MemorySegment p,
      long pAt,
      long panelStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int n) {
    long in = address(x, xAt);
    long panels = address(p, pAt);
    long out = address(y, yAt);
    for (int c = 0; c < n; c += LANES) {
      long at = panels + c / Panels.WIDTH * panelStride + 4L * (c % Panels.WIDTH);
      int t = 0;
      for (; t + 2 < rows; t += 4) {
        long to = out + t * yStride + 4L * c;
        four(in + t * xStride, xStride, rows - t, k, at, to, yStride, n - c);
      }
      for (; t < rows; t++) {
        one(in + t * xStride, k, at, out + t * yStride + 4L * c, n - c);
      }
    }
  }

  /// One row's vector of outputs, or the `n` that are left.
  private static void one(long in, int k, long panel, long out, int n) {
    long x = in & ADDRESS;
    long p = panel & ADDRESS;
    long y = out & ADDRESS;
    var there = SPECIES.indexInRange(0, n);
    var a = fromMemorySegment(SPECIES, MEMORY, y, ORDER, there);
    var b = FloatVector.zero(SPECIES);
    var c = b;
    var d = b;
    int i = 0;
    for (; i + 4 <= k; i += 4) {
      long from = x + 4L * (i & INDEX);
      long at = p + ROW * (i & INDEX);
      a = fromMemorySegment(SPECIES, MEMORY, at, ORDER).fma(broadcast(SPECIES, f32(from)), a);
      b =
          fromMemorySegment(SPECIES, MEMORY, at + ROW, ORDER)
              .fma(broadcast(SPECIES, f32(from + 4)), b);
      c =
          fromMemorySegment(SPECIES, MEMORY, at + 2 * ROW, ORDER)
              .fma(broadcast(SPECIES, f32(from + 8)), c);
      d =
          fromMemorySegment(SPECIES, MEMORY, at + 3 * ROW, ORDER)
              .fma(broadcast(SPECIES, f32(from + 12)), d);
    }
    for (; i < k; i++) {
      long at = p + ROW * (i & INDEX);
      float factor = f32(x + 4L * (i & INDEX));
      a = fromMemorySegment(SPECIES, MEMORY, at, ORDER).fma(broadcast(SPECIES, factor), a);
    }
    a.add(b).add(c.add(d)).intoMemorySegment(MEMORY, y, ORDER, there);
  }

  /// The same for four rows, of which the last may stand for one that isn't there: each goes in two
  /// sums.
  private static void four(
      long in, long xStride, int rows, int k, long panel, long out, long yStride, int n) {
    int last = Math.min(rows, 4) - 1;
    long x0 = in & ADDRESS;
    long x1 = in + xStride & ADDRESS;
    long x2 = in + 2 * xStride & ADDRESS;
    long x3 = in + last * xStride & ADDRESS;
    long p = panel & ADDRESS;
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    var e = a;
    var f = a;
    var g = a;
    var h = a;
    int i = 0;
    for (; i + 2 <= k; i += 2) {
      long from = 4L * (i & INDEX);
      long at = p + ROW * (i & INDEX);
      var v = fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      var w = fromMemorySegment(SPECIES, MEMORY, at + ROW, ORDER);
      a = v.fma(broadcast(SPECIES, f32(x0 + from)), a);
      b = v.fma(broadcast(SPECIES, f32(x1 + from)), b);
      c = v.fma(broadcast(SPECIES, f32(x2 + from)), c);
      d = v.fma(broadcast(SPECIES, f32(x3 + from)), d);
      e = w.fma(broadcast(SPECIES, f32(x0 + from + 4)), e);
      f = w.fma(broadcast(SPECIES, f32(x1 + from + 4)), f);
      g = w.fma(broadcast(SPECIES, f32(x2 + from + 4)), g);
      h = w.fma(broadcast(SPECIES, f32(x3 + from + 4)), h);
    }
    if (i < k) {
      long from = 4L * (i & INDEX);
      var v = fromMemorySegment(SPECIES, MEMORY, p + ROW * (i & INDEX), ORDER);
      a = v.fma(broadcast(SPECIES, f32(x0 + from)), a);
      b = v.fma(broadcast(SPECIES, f32(x1 + from)), b);
      c = v.fma(broadcast(SPECIES, f32(x2 + from)), c);
      d = v.fma(broadcast(SPECIES, f32(x3 + from)), d);
    }
    long y0 = out & ADDRESS;
    long y1 = out + yStride & ADDRESS;
    long y2 = out + 2 * yStride & ADDRESS;
    long y3 = out + last * yStride & ADDRESS;
    var there = SPECIES.indexInRange(0, n);
    var q = d.add(h).add(fromMemorySegment(SPECIES, MEMORY, y3, ORDER, there));
    a.add(e)
        .add(fromMemorySegment(SPECIES, MEMORY, y0, ORDER, there))
        .intoMemorySegment(MEMORY, y0, ORDER, there);
    b.add(f)
        .add(fromMemorySegment(SPECIES, MEMORY, y1, ORDER, there))
        .intoMemorySegment(MEMORY, y1, ORDER, there);
    c.add(g)
        .add(fromMemorySegment(SPECIES, MEMORY, y2, ORDER, there))
        .intoMemorySegment(MEMORY, y2, ORDER, there);
    q.intoMemorySegment(MEMORY, y3, ORDER, there);
  }
}

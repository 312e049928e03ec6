package dev.hone.tensor;

import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static dev.hone.tensor.Lanes.firstMoment;
import static dev.hone.tensor.Lanes.secondMoment;
import static dev.hone.tensor.Lanes.stepped;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;

/// [Kernels#adamW] with the Vector API, in two methods: as one it is too large for the first
/// compiler, which then may never hand it to the second.
final class VectorAdamW {
  private VectorAdamW() {}

  static void step(
      MemorySegment param,
      MemorySegment grad,
      MemorySegment m,
      MemorySegment v,
      long at,
      int n,
      AdamW.Step step) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += LANES) {
      var g = fromMemorySegment(SPECIES, grad, at + 4L * i, ORDER).mul(step.gradScale());
      var first = firstMoment(g, fromMemorySegment(SPECIES, m, at + 4L * i, ORDER), step);
      var second = secondMoment(g, fromMemorySegment(SPECIES, v, at + 4L * i, ORDER), step);
      first.intoMemorySegment(m, at + 4L * i, ORDER);
      second.intoMemorySegment(v, at + 4L * i, ORDER);
      stepped(fromMemorySegment(SPECIES, param, at + 4L * i, ORDER), first, second, step)
          .intoMemorySegment(param, at + 4L * i, ORDER);
    }
    if (i < n) {
      rest(param, grad, m, v, at + 4L * i, n - i, step);
    }
  }

  /// Less than a vector.
  private static void rest(
      MemorySegment param,
      MemorySegment grad,
      MemorySegment m,
      MemorySegment v,
      long at,
      int n,
      AdamW.Step step) {
    var rest = SPECIES.indexInRange(0, n);
    var g = fromMemorySegment(SPECIES, grad, at, ORDER, rest).mul(step.gradScale());
    var first = firstMoment(g, fromMemorySegment(SPECIES, m, at, ORDER, rest), step);
    var second = secondMoment(g, fromMemorySegment(SPECIES, v, at, ORDER, rest), step);
    first.intoMemorySegment(m, at, ORDER, rest);
    second.intoMemorySegment(v, at, ORDER, rest);
    stepped(fromMemorySegment(SPECIES, param, at, ORDER, rest), first, second, step)
        .intoMemorySegment(param, at, ORDER, rest);
  }
}

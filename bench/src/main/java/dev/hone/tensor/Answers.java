package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Inputs for benches, and the check of their answers before they are timed.
final class Answers {
  private Answers() {}

  /// `n` normal values.
  static MemorySegment random(SplittableRandom random, long n, Arena arena) {
    var x = arena.allocate(JAVA_FLOAT, n);
    for (long i = 0; i < n; i++) {
      x.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return x;
  }

  static Tensor random(SplittableRandom random, long rows, int cols, Arena arena) {
    return Tensor.of(random(random, rows * cols, arena), rows, cols);
  }

  static void check(String what, MemorySegment expected, MemorySegment actual, double bound) {
    check(what, values(expected), values(actual), bound);
  }

  /// @param bound how far a value may be off: absolutely below 1, relatively above
  static void check(String what, List<Double> expected, List<Double> actual, double bound) {
    for (int i = 0; i < expected.size(); i++) {
      double x = expected.get(i);
      double y = actual.get(i);
      if (!(Math.abs(x - y) <= bound * Math.max(1, Math.abs(x)))) {
        throw new IllegalStateException(
            "%s: element %d is %s, expected %s".formatted(what, i, y, x));
      }
    }
  }

  private static List<Double> values(MemorySegment x) {
    var floats = x.toArray(JAVA_FLOAT);
    return IntStream.range(0, floats.length).mapToObj(i -> (double) floats[i]).toList();
  }
}

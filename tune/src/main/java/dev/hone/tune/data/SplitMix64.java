package dev.hone.tune.data;

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
///
/// Written out because orders and splits must not change with the JDK: a resumed run has to see the
/// same rows.
final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private long state;

  SplitMix64(long seed) {
    state = seed;
  }

  /// A bijection of the 64-bit numbers that leaves no visible pattern (Stafford's variant 13).
  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /// Uniform in `[0, bound)`, without bias: the few values that would favour small results are
  /// drawn again.
  int nextInt(int bound) {
    while (true) {
      long bits = nextLong() >>> 33;
      long value = bits % bound;
      if (bits - value + (bound - 1) < 1L << 31) {
        return (int) value;
      }
    }
  }
}

package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// From float32 to blocks of [BlockType#Q8_0], [BlockType#Q4_0] and [BlockType#Q4_K]. The first two
/// give the bits of ggml's reference; the third searches for each group's scale and minimum as ggml
/// does, though not for the same bits.
public final class BlockRounding {
  private static final int GROUP = 32;

  /// Scales that are tried for a group of Q4_K, beside the plain one.
  private static final int TRIALS = 20;

  private BlockRounding() {}

  /// Whether [#round] knows a type.
  public static boolean knows(BlockType type) {
    return switch (type) {
      case Q8_0, Q4_0, Q4_K -> true;
      case Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q5_K, Q6_K, IQ4_NL -> false;
    };
  }

  /// Rounds the first `n` elements of `x`, whole blocks.
  ///
  /// @param blocks overwritten
  public static void round(BlockType type, float[] x, int n, MemorySegment blocks) {
    if (n % type.elements() != 0) {
      throw new ShapeException(
          "round", "%d elements are not whole blocks of %s".formatted(n, type));
    }
    for (int i = 0; i < n; i += type.elements()) {
      long at = type.byteSize(i);
      switch (type) {
        case Q8_0 -> q8(x, i, blocks, at);
        case Q4_0 -> q4(x, i, blocks, at);
        case Q4_K -> q4k(x, i, blocks, at);
        case Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q5_K, Q6_K, IQ4_NL ->
            throw new IllegalArgumentException("nothing is rounded to " + type);
      }
    }
  }

  private static void q8(float[] x, int from, MemorySegment blocks, long at) {
    float largest = 0;
    for (int i = 0; i < GROUP; i++) {
      largest = Math.max(largest, Math.abs(x[from + i]));
    }
    float d = largest / 127;
    float inverse = d == 0 ? 0 : 1 / d;
    putHalf(blocks, at, d);
    for (int i = 0; i < GROUP; i++) { // halves away from zero
      float scaled = x[from + i] * inverse;
      float magnitude = Math.abs(scaled);
      float floor = (float) Math.floor(magnitude);
      float rounded = floor + (float) Math.floor(2 * (magnitude - floor));
      blocks.set(JAVA_BYTE, at + 2 + i, (byte) (Math.signum(scaled) * rounded));
    }
  }

  private static void q4(float[] x, int from, MemorySegment blocks, long at) {
    float extreme = 0;
    for (int i = 0; i < GROUP; i++) {
      if (Math.abs(x[from + i]) > Math.abs(extreme)) {
        extreme = x[from + i];
      }
    }
    float d = extreme / -8;
    float inverse = d == 0 ? 0 : 1 / d;
    putHalf(blocks, at, d);
    for (int i = 0; i < 16; i++) {
      int low = Math.clamp((int) (x[from + i] * inverse + 8.5f), 0, 15);
      int high = Math.clamp((int) (x[from + 16 + i] * inverse + 8.5f), 0, 15);
      blocks.set(JAVA_BYTE, at + 2 + i, (byte) (low | high << 4));
    }
  }

  /// Eight groups of `scale · q − minimum`; scales and minima in 6 bits of two halves.
  private static void q4k(float[] x, int from, MemorySegment blocks, long at) {
    var groups = new Group[8];
    float largestScale = 0;
    float largestMinimum = 0;
    for (int g = 0; g < 8; g++) {
      groups[g] = fit(x, from + GROUP * g);
      largestScale = Math.max(largestScale, groups[g].scale);
      largestMinimum = Math.max(largestMinimum, groups[g].minimum);
    }
    putHalf(blocks, at, largestScale / 63);
    putHalf(blocks, at + 2, largestMinimum / 63);
    float d = ScalarBlockKernels.half(blocks, at);
    float dmin = ScalarBlockKernels.half(blocks, at + 2);
    for (int i = 0; i < 12; i++) {
      blocks.set(JAVA_BYTE, at + 4 + i, (byte) 0);
    }
    for (int g = 0; g < 8; g++) {
      int scale = sixBits(groups[g].scale, largestScale);
      int minimum = sixBits(groups[g].minimum, largestMinimum);
      putSixBits(blocks, at, g, scale, minimum);
      for (int i = 0; i < GROUP; i++) {
        float step = d * scale;
        float value = x[from + GROUP * g + i] + dmin * minimum;
        int q = step == 0 ? 0 : Math.clamp(Math.round(value / step), 0, 15);
        long place = at + 16 + g / 2 * 32L + i;
        int low = g % 2 == 0 ? 0 : blocks.get(JAVA_BYTE, place) & 15;
        blocks.set(JAVA_BYTE, place, (byte) (g % 2 == 0 ? q : low | q << 4));
      }
    }
  }

  private static int sixBits(float value, float largest) {
    return largest == 0 ? 0 : Math.clamp(Math.round(63 * value / largest), 0, 63);
  }

  /// The layout that [ScalarBlockKernels#scale] and [ScalarBlockKernels#minimum] read.
  private static void putSixBits(MemorySegment blocks, long at, int g, int scale, int minimum) {
    if (g < 4) {
      or(blocks, at + 4 + g, scale);
      or(blocks, at + 8 + g, minimum);
    } else {
      or(blocks, at + 8 + g, scale & 15 | (minimum & 15) << 4);
      or(blocks, at + g, scale >> 4 << 6);
      or(blocks, at + 4 + g, minimum >> 4 << 6);
    }
  }

  private static void or(MemorySegment blocks, long at, int bits) {
    blocks.set(JAVA_BYTE, at, (byte) (blocks.get(JAVA_BYTE, at) | bits));
  }

  /// `x ≈ scale · q − minimum`, neither below zero.
  private record Group(float scale, float minimum) {}

  /// Tries scales around the plain one; for the integers that each gives, the best scale and
  /// minimum follow from least squares, in which large elements count more.
  private static Group fit(float[] x, int from) {
    float lowest = 0;
    float highest = x[from];
    double squares = 0;
    for (int i = 0; i < GROUP; i++) {
      lowest = Math.min(lowest, x[from + i]);
      highest = Math.max(highest, x[from + i]);
      squares += (double) x[from + i] * x[from + i];
    }
    if (highest <= lowest) {
      return new Group(0, -lowest);
    }
    float typical = (float) Math.sqrt(squares / GROUP);
    var best = new Group((highest - lowest) / 15, -lowest);
    double least = error(x, from, best, typical);
    for (int trial = 0; trial <= TRIALS; trial++) {
      float inverse = (14 + 0.1f * trial) / (highest - lowest);
      var fitted = leastSquares(x, from, inverse, lowest, typical);
      double error = error(x, from, fitted, typical);
      if (error < least) {
        least = error;
        best = fitted;
      }
    }
    return best;
  }

  private static Group leastSquares(
      float[] x, int from, float inverse, float lowest, float typical) {
    double w = 0;
    double wx = 0;
    double wq = 0;
    double wqq = 0;
    double wqx = 0;
    for (int i = 0; i < GROUP; i++) {
      float value = x[from + i];
      double weight = typical + Math.abs(value);
      int q = Math.clamp(Math.round(inverse * (value - lowest)), 0, 15);
      w += weight;
      wx += weight * value;
      wq += weight * q;
      wqq += weight * q * q;
      wqx += weight * q * value;
    }
    double determinant = w * wqq - wq * wq;
    if (determinant <= 0) {
      return new Group(1 / inverse, -lowest);
    }
    double scale = (w * wqx - wq * wx) / determinant;
    double offset = (wqq * wx - wq * wqx) / determinant;
    if (offset > 0) { // a minimum cannot be below zero
      return new Group((float) Math.max(0, wqx / wqq), 0);
    }
    return new Group((float) Math.max(0, scale), (float) -offset);
  }

  private static double error(float[] x, int from, Group group, float typical) {
    double sum = 0;
    for (int i = 0; i < GROUP; i++) {
      float value = x[from + i];
      int q =
          group.scale == 0
              ? 0
              : Math.clamp(Math.round((value + group.minimum) / group.scale), 0, 15);
      double off = group.scale * q - group.minimum - value;
      sum += (typical + Math.abs(value)) * off * off;
    }
    return sum;
  }

  private static void putHalf(MemorySegment blocks, long at, float value) {
    blocks.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
  }
}

package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// The definition of every block type: one element after the other, sums in double.
final class ScalarBlockKernels implements BlockKernels {
  /// What the 16 codes of [BlockType#IQ4_NL] stand for.
  static final byte[] IQ4_NL_VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  @Override
  public void widen(
      BlockType type, MemorySegment w, long wAt, int n, MemorySegment y, long yAt, Unpacked u) {
    for (int i = 0; i < n; i++) {
      y.set(JAVA_FLOAT_UNALIGNED, yAt + 4L * i, element(type, w, wAt, i));
    }
  }

  @Override
  public float dot(BlockType type, MemorySegment w, long wAt, Factor x, Unpacked u) {
    double sum = 0;
    for (int i = 0; i < x.x().length; i++) {
      sum += (double) element(type, w, wAt, i) * x.x()[i];
    }
    return (float) sum;
  }

  private static float element(BlockType type, MemorySegment w, long wAt, int i) {
    var block = w.asSlice(wAt + type.byteSize(i), type.byteSize());
    int at = i % type.elements();
    return switch (type) {
      case Q4_0 -> half(block, 0) * (nibble(block, 2, at) - 8);
      case Q4_1 -> half(block, 0) * nibble(block, 4, at) + half(block, 2);
      case Q5_0 -> half(block, 0) * ((nibble(block, 6, at) | fifthBit(block, 2, at)) - 16);
      case Q5_1 ->
          half(block, 0) * (nibble(block, 8, at) | fifthBit(block, 4, at)) + half(block, 2);
      case Q8_0 -> half(block, 0) * block.get(JAVA_BYTE, 2 + at);
      case IQ4_NL -> half(block, 0) * IQ4_NL_VALUES[nibble(block, 2, at)];
      case Q2_K -> q2(block, at);
      case Q3_K -> q3(block, at);
      case Q4_K ->
          withMinimum(block, at, bits(block, 16 + at / 64 * 32 + at % 32, at / 32 % 2 * 4, 15));
      case Q5_K -> {
        int low = bits(block, 48 + at / 64 * 32 + at % 32, at / 32 % 2 * 4, 15);
        yield withMinimum(block, at, low | bits(block, 16 + at % 32, at / 32, 1) << 4);
      }
      case Q6_K -> q6(block, at);
    };
  }

  private static float q2(MemorySegment block, int at) {
    int scales = bits(block, at / 16, 0, 255);
    int q = bits(block, 16 + at / 128 * 32 + at % 32, at / 32 % 4 * 2, 3);
    return half(block, 80) * (scales & 15) * q - half(block, 82) * (scales >> 4);
  }

  private static float q3(MemorySegment block, int at) {
    int group = at / 16;
    int scale =
        bits(block, 96 + group % 8, group / 8 * 4, 15)
            | bits(block, 104 + group % 4, group / 4 * 2, 3) << 4;
    int low = bits(block, 32 + at / 128 * 32 + at % 32, at / 32 % 4 * 2, 3);
    int high = bits(block, at % 32, at / 32, 1);
    return half(block, 108) * (scale - 32) * (low - (high ^ 1) * 4);
  }

  /// `d · scale · q − dmin · minimum`, with the scales that Q4_K and Q5_K share.
  private static float withMinimum(MemorySegment block, int at, int q) {
    return half(block, 0) * scale(block, 0, at / 32) * q
        - half(block, 2) * minimum(block, 0, at / 32);
  }

  private static float q6(MemorySegment block, int at) {
    int low = bits(block, at / 128 * 64 + at % 64, at / 64 % 2 * 4, 15);
    int high = bits(block, 128 + at / 128 * 32 + at % 32, at / 32 % 4 * 2, 3);
    return half(block, 208) * block.get(JAVA_BYTE, 192 + at / 16) * ((low | high << 4) - 32);
  }

  /// The scale, in 6 bits, of a group of 32 in the block of Q4_K or Q5_K at `at`.
  static int scale(MemorySegment w, long at, int group) {
    return group < 4
        ? w.get(JAVA_BYTE, at + 4 + group) & 63
        : w.get(JAVA_BYTE, at + 8 + group) & 15 | w.get(JAVA_BYTE, at + group) >> 2 & 48;
  }

  /// What is taken off in that group, in 6 bits.
  static int minimum(MemorySegment w, long at, int group) {
    return group < 4
        ? w.get(JAVA_BYTE, at + 8 + group) & 63
        : w.get(JAVA_BYTE, at + 8 + group) >> 4 & 15 | w.get(JAVA_BYTE, at + 4 + group) >> 2 & 48;
  }

  /// Elements in halves of a byte: the first half of the block in the low ones.
  private static int nibble(MemorySegment block, int offset, int at) {
    return bits(block, offset + at % 16, at / 16 * 4, 15);
  }

  private static int fifthBit(MemorySegment block, int offset, int at) {
    return (block.get(JAVA_INT_UNALIGNED, offset) >>> at & 1) << 4;
  }

  private static int bits(MemorySegment block, int offset, int shift, int mask) {
    return block.get(JAVA_BYTE, offset) >> shift & mask;
  }

  static float half(MemorySegment w, long at) {
    return Float.float16ToFloat(w.get(JAVA_SHORT_UNALIGNED, at));
  }
}

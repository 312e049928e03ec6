package dev.hone.tensor;

import static dev.hone.tensor.Lanes.INDEX;
import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.MEMORY;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static dev.hone.tensor.Lanes.address;
import static dev.hone.tensor.Lanes.f16;
import static dev.hone.tensor.Lanes.sum;
import static dev.hone.tensor.NarrowLanes.floats;
import static dev.hone.tensor.NarrowLanes.loadInts;
import static dev.hone.tensor.NarrowLanes.loadUnpacked;
import static dev.hone.tensor.NarrowLanes.scales;
import static dev.hone.tensor.NarrowLanes.scalesAndMinima;
import static dev.hone.tensor.ScalarBlockKernels.half;
import static dev.hone.tensor.ScalarBlockKernels.minimum;
import static dev.hone.tensor.ScalarBlockKernels.scale;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// The kernels with the Vector API. A block is unpacked first, 16 elements at a time, to bytes and
/// the scale and offset of each group: `w = scale · q − offset`. That is what the types differ in;
/// what is then done with it is the same for all.
///
/// The types that people use most have a product of their own, without the way over bytes
/// ([RowKernels] has that of Q8_0). It converts by the JDK's methods alone, since not all of ours
/// would be inlined in it ([Lanes]).
final class VectorBlockKernels implements BlockKernels {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
  private static final int GROUP = BlockType.GROUP;

  @Override
  public void widen(
      BlockType type, MemorySegment w, long wAt, int n, MemorySegment y, long yAt, Unpacked u) {
    for (int i = 0; i < n; i += type.elements()) {
      unpack(type, w, wAt + type.byteSize(i), u);
      widen(u, type.elements(), y, yAt + 4L * i);
    }
  }

  private static void widen(Unpacked u, int n, MemorySegment y, long yAt) {
    for (int g = 0; g < n / GROUP; g++) {
      for (int i = g * GROUP; i < (g + 1) * GROUP; i += LANES) {
        loadUnpacked(u.q(), i)
            .mul(u.scales()[g])
            .sub(u.offsets()[g])
            .intoMemorySegment(y, yAt + 4L * i, ORDER);
      }
    }
  }

  @Override
  public float dot(BlockType type, MemorySegment w, long wAt, Factor x, Unpacked u) {
    if (LANES < 8) {
      return dotUnpacked(type, w, wAt, x.x(), u);
    }
    return switch (type) {
      case Q4_0 -> dotQ4(w, wAt, x.x());
      case Q4_K -> dotQ4K(w, wAt, x.x(), x.sums(), u.scales());
      case Q5_K -> dotQ5K(w, wAt, x.x(), x.sums(), u.scales());
      case Q6_K -> dotQ6K(w, wAt, x.x(), x.sums(), u.scales());
      case Q8_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, IQ4_NL -> dotUnpacked(type, w, wAt, x.x(), u);
    };
  }

  private static float dotUnpacked(
      BlockType type, MemorySegment w, long wAt, float[] x, Unpacked u) {
    float total = 0;
    for (int i = 0; i < x.length; i += type.elements()) {
      unpack(type, w, wAt + type.byteSize(i), u);
      total += dot(u, type.elements(), x, i);
    }
    return total;
  }

  /// As all that follow in full vectors of at least 8 lanes. Each block's products are added up
  /// before its scale is applied.
  private static float dotQ4(MemorySegment w, long wAt, float[] x) {
    var total = FloatVector.zero(SPECIES);
    long at = wAt;
    for (int b = 0; b < x.length; b += 32) {
      var sum = FloatVector.zero(SPECIES);
      for (int i = 0; i < 16; i += LANES) {
        var both = loadInts(w, at + 2 + i);
        var q0 = floats(both.and(15).sub(8));
        var q1 = floats(both.lanewise(LSHR, 4).and(15).sub(8));
        sum = q0.fma(FloatVector.fromArray(SPECIES, x, b + i), sum);
        sum = q1.fma(FloatVector.fromArray(SPECIES, x, b + 16 + i), sum);
      }
      total = sum.fma(sum.broadcast(half(w, at)), total);
      at += 18;
    }
    return sum(total);
  }

  /// What the blocks take off comes from the sums of `x` alone.
  ///
  /// @param scales scratch
  private static float dotQ4K(MemorySegment w, long wAt, float[] x, float[] sums, float[] scales) {
    var total = FloatVector.zero(SPECIES);
    long base = address(w, wAt);
    for (int b = 0; b < x.length; b += 256) {
      long at = base + 144L * ((b & INDEX) / 256);
      float d = f16(at);
      float dmin = f16(at + 2);
      for (int p = 0; p < 16; p += LANES) {
        var both = scalesAndMinima(MEMORY, at + 4, p / LANES, d, dmin);
        total = FloatVector.fromArray(SPECIES, sums, b / 16 + p).fma(both, total);
        both.intoArray(scales, p);
      }
      for (int g = 0; g < 8; g += 2) {
        int lowAt = b + 32 * g;
        var low = FloatVector.zero(SPECIES);
        var high = low;
        for (int i = 0; i < 32; i += LANES) {
          var both = loadInts(MEMORY, at + 16 + (16 * g + i & INDEX));
          var q0 = both.and(15);
          var q1 = both.lanewise(LSHR, 4).and(15);
          var x0 = FloatVector.fromArray(SPECIES, x, lowAt + i);
          var x1 = FloatVector.fromArray(SPECIES, x, lowAt + 32 + i);
          low = x0.fma(q0.convert(I2F, 0), low);
          high = x1.fma(q1.convert(I2F, 0), high);
        }
        total = low.fma(low.broadcast(scales[g]), total);
        total = high.fma(high.broadcast(scales[g + 1]), total);
      }
    }
    return sum(total);
  }

  /// As [#dotQ4K], with a fifth bit: bit `g` of a byte for the elements of group `g`. Both unpack
  /// their scales in place: one step for the two cost this one a tenth with 8 lanes.
  private static float dotQ5K(MemorySegment w, long wAt, float[] x, float[] sums, float[] scales) {
    var total = FloatVector.zero(SPECIES);
    long base = address(w, wAt);
    for (int b = 0; b < x.length; b += 256) {
      long at = base + 176L * ((b & INDEX) / 256);
      float d = f16(at);
      float dmin = f16(at + 2);
      for (int p = 0; p < 16; p += LANES) {
        var both = scalesAndMinima(MEMORY, at + 4, p / LANES, d, dmin);
        total = FloatVector.fromArray(SPECIES, sums, b / 16 + p).fma(both, total);
        both.intoArray(scales, p);
      }
      for (int g = 0; g < 8; g += 2) {
        int lowAt = b + 32 * g;
        var low = FloatVector.zero(SPECIES);
        var high = low;
        for (int i = 0; i < 32; i += LANES) {
          var both = loadInts(MEMORY, at + 48 + (16 * g + i & INDEX));
          var bits = loadInts(MEMORY, at + 16 + (i & INDEX)).lanewise(LSHR, g);
          var q0 = both.and(15).or(bits.and(1).lanewise(LSHL, 4));
          var q1 = both.lanewise(LSHR, 4).and(15).or(bits.and(2).lanewise(LSHL, 3));
          var x0 = FloatVector.fromArray(SPECIES, x, lowAt + i);
          var x1 = FloatVector.fromArray(SPECIES, x, lowAt + 32 + i);
          low = x0.fma(q0.convert(I2F, 0), low);
          high = x1.fma(q1.convert(I2F, 0), high);
        }
        total = low.fma(low.broadcast(scales[g]), total);
        total = high.fma(high.broadcast(scales[g + 1]), total);
      }
    }
    return sum(total);
  }

  /// As [#dotQ4K]. Each half of a block has 8 scales, two for each of four groups, and 32 bytes of
  /// high bits.
  private static float dotQ6K(MemorySegment w, long wAt, float[] x, float[] sums, float[] scales) {
    var total = FloatVector.zero(SPECIES);
    long at = wAt;
    for (int b = 0; b < x.length; b += 256) {
      float d = half(w, at + 208);
      for (int p = 0; p < 16; p += LANES) {
        var all = scales(w, at + 192, p / LANES, d);
        total = FloatVector.fromArray(SPECIES, sums, b / 16 + p).fma(all, total);
        all.intoArray(scales, p);
      }
      for (int j = 0; j < 64; j += LANES) {
        int h = j / 32;
        int xOf = b + h * 128 + j % 32;
        int of = h * 8 + j % 32 / 16;
        var low = loadInts(w, at + h * 64 + j % 32);
        var high = loadInts(w, at + h * 64 + 32 + j % 32);
        var bits = loadInts(w, at + 128 + j);
        var q0 = low.and(15).or(bits.lanewise(LSHL, 4).and(48));
        var q1 = high.and(15).or(bits.lanewise(LSHL, 2).and(48));
        var q2 = low.lanewise(LSHR, 4).and(15).or(bits.and(48));
        var q3 = high.lanewise(LSHR, 4).and(15).or(bits.lanewise(LSHR, 2).and(48));
        var x0 = FloatVector.fromArray(SPECIES, x, xOf).mul(scales[of]);
        var x1 = FloatVector.fromArray(SPECIES, x, xOf + 32).mul(scales[of + 2]);
        var x2 = FloatVector.fromArray(SPECIES, x, xOf + 64).mul(scales[of + 4]);
        var x3 = FloatVector.fromArray(SPECIES, x, xOf + 96).mul(scales[of + 6]);
        total = x0.fma(q0.convert(I2F, 0), total);
        total = x1.fma(q1.convert(I2F, 0), total);
        total = x2.fma(q2.convert(I2F, 0), total);
        total = x3.fma(q3.convert(I2F, 0), total);
      }
      at += 210;
    }
    return sum(total);
  }

  private static float dot(Unpacked u, int n, float[] x, int xAt) {
    var total = FloatVector.zero(SPECIES);
    for (int g = 0; g < n / GROUP; g++) {
      for (int i = g * GROUP; i < (g + 1) * GROUP; i += LANES) {
        var weight = loadUnpacked(u.q(), i).mul(u.scales()[g]).sub(u.offsets()[g]);
        total = weight.fma(FloatVector.fromArray(SPECIES, x, xAt + i), total);
      }
    }
    return sum(total);
  }

  private static void unpack(BlockType type, MemorySegment w, long at, Unpacked u) {
    switch (type) {
      case Q4_0 -> {
        nibbles(w, at + 2, 8, u.q());
        u.all(half(w, at), 0);
      }
      case Q4_1 -> {
        nibbles(w, at + 4, 0, u.q());
        u.all(half(w, at), -half(w, at + 2));
      }
      case Q5_0 -> {
        fives(w, at + 6, at + 2, 16, u.q());
        u.all(half(w, at), 0);
      }
      case Q5_1 -> {
        fives(w, at + 8, at + 4, 0, u.q());
        u.all(half(w, at), -half(w, at + 2));
      }
      case Q8_0 -> {
        MemorySegment.copy(w, JAVA_BYTE, at + 2, u.q(), 0, 32);
        u.all(half(w, at), 0);
      }
      case IQ4_NL -> {
        codes(w, at + 2, u.q());
        u.all(half(w, at), 0);
      }
      case Q2_K -> unpackQ2(w, at, u);
      case Q3_K -> unpackQ3(w, at, u);
      case Q4_K -> {
        for (int g = 0; g < 4; g++) {
          low(w, at + 16 + 32L * g, 0, u.q(), 64 * g);
          low(w, at + 16 + 32L * g, 4, u.q(), 64 * g + 32);
        }
        putScalesAndMinima(w, at, u);
      }
      case Q5_K -> {
        for (int g = 0; g < 8; g++) {
          low(w, at + 48 + g / 2 * 32L, g % 2 * 4, u.q(), 32 * g);
          addHigh(w, at + 16, g, 1, 4, u.q(), 32 * g);
        }
        putScalesAndMinima(w, at, u);
      }
      case Q6_K -> unpackQ6(w, at, u);
    }
  }

  /// 32 elements in halves of a byte: the first 16 in the low ones.
  private static void nibbles(MemorySegment w, long at, int less, byte[] q) {
    var both = ByteVector.fromMemorySegment(BYTES, w, at, ORDER);
    both.and((byte) 15).sub((byte) less).intoArray(q, 0);
    both.lanewise(LSHR, 4).and((byte) 15).sub((byte) less).intoArray(q, 16);
  }

  /// The same with a fifth bit of each in one integer.
  private static void fives(MemorySegment w, long at, long bitsAt, int less, byte[] q) {
    long bits = w.get(JAVA_INT_UNALIGNED, bitsAt);
    var both = ByteVector.fromMemorySegment(BYTES, w, at, ORDER);
    var sixteen = ByteVector.broadcast(BYTES, (byte) 16);
    both.and((byte) 15)
        .add(sixteen, VectorMask.fromLong(BYTES, bits & 0xFFFF))
        .sub((byte) less)
        .intoArray(q, 0);
    both.lanewise(LSHR, 4)
        .and((byte) 15)
        .add(sixteen, VectorMask.fromLong(BYTES, bits >>> 16 & 0xFFFF))
        .sub((byte) less)
        .intoArray(q, 16);
  }

  private static void codes(MemorySegment w, long at, byte[] q) {
    var both = ByteVector.fromMemorySegment(BYTES, w, at, ORDER);
    var values = ByteVector.fromArray(BYTES, ScalarBlockKernels.IQ4_NL_VALUES, 0);
    both.and((byte) 15).selectFrom(values).intoArray(q, 0);
    both.lanewise(LSHR, 4).and((byte) 15).selectFrom(values).intoArray(q, 16);
  }

  /// 32 elements, each in the four bits from `shift` on of a byte of its own.
  private static void low(MemorySegment w, long at, int shift, byte[] q, int qAt) {
    for (int i = 0; i < 32; i += GROUP) {
      ByteVector.fromMemorySegment(BYTES, w, at + i, ORDER)
          .lanewise(LSHR, shift)
          .and((byte) 15)
          .intoArray(q, qAt + i);
    }
  }

  /// Puts further bits on top of 32 elements: those of `mask` from `shift` on, at place `to`.
  private static void addHigh(
      MemorySegment w, long at, int shift, int mask, int to, byte[] q, int qAt) {
    for (int i = 0; i < 32; i += GROUP) {
      ByteVector.fromMemorySegment(BYTES, w, at + i, ORDER)
          .lanewise(LSHR, shift)
          .and((byte) mask)
          .lanewise(LSHL, to)
          .add(ByteVector.fromArray(BYTES, q, qAt + i))
          .intoArray(q, qAt + i);
    }
  }

  private static void unpackQ2(MemorySegment w, long at, Unpacked u) {
    twos(w, at + 16, u.q());
    float d = half(w, at + 80);
    float dmin = half(w, at + 82);
    for (int g = 0; g < 16; g++) {
      int scale = w.get(JAVA_BYTE, at + g) & 255;
      u.scales()[g] = d * (scale & 15);
      u.offsets()[g] = dmin * (scale >> 4);
    }
  }

  private static void unpackQ3(MemorySegment w, long at, Unpacked u) {
    twos(w, at + 32, u.q());
    for (int g = 0; g < 8; g++) {
      addHigh(w, at, g, 1, 2, u.q(), 32 * g);
    }
    less(4, u.q());
    float d = half(w, at + 108);
    for (int g = 0; g < 16; g++) {
      int low = w.get(JAVA_BYTE, at + 96 + g % 8) >> g / 8 * 4 & 15;
      int high = w.get(JAVA_BYTE, at + 104 + g % 4) >> g / 4 * 2 & 3;
      u.scales()[g] = d * ((low | high << 4) - 32);
      u.offsets()[g] = 0;
    }
  }

  /// 256 elements of two bits: four to a byte, each 32 apart.
  private static void twos(MemorySegment w, long at, byte[] q) {
    for (int i = 0; i < BlockType.MOST; i += GROUP) {
      ByteVector.fromMemorySegment(BYTES, w, at + i / 128 * 32 + i % 32, ORDER)
          .lanewise(LSHR, i / 32 % 4 * 2)
          .and((byte) 3)
          .intoArray(q, i);
    }
  }

  private static void unpackQ6(MemorySegment w, long at, Unpacked u) {
    for (int g = 0; g < 8; g++) {
      low(w, at + g / 4 * 64 + g % 2 * 32, g / 2 % 2 * 4, u.q(), 32 * g);
      addHigh(w, at + 128 + g / 4 * 32, g % 4 * 2, 3, 4, u.q(), 32 * g);
    }
    less(32, u.q());
    float d = half(w, at + 208);
    for (int g = 0; g < 16; g++) {
      u.scales()[g] = d * w.get(JAVA_BYTE, at + 192 + g);
      u.offsets()[g] = 0;
    }
  }

  private static void less(int less, byte[] q) {
    for (int i = 0; i < BlockType.MOST; i += GROUP) {
      ByteVector.fromArray(BYTES, q, i).sub((byte) less).intoArray(q, i);
    }
  }

  private static void putScalesAndMinima(MemorySegment w, long at, Unpacked u) {
    float d = half(w, at);
    float dmin = half(w, at + 2);
    for (int g = 0; g < 16; g++) {
      u.scales()[g] = d * scale(w, at, g / 2);
      u.offsets()[g] = dmin * minimum(w, at, g / 2);
    }
  }
}

package dev.hone.tensor;

import static dev.hone.tensor.Lanes.LANES;
import static dev.hone.tensor.Lanes.ORDER;
import static dev.hone.tensor.Lanes.SPECIES;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// What [VectorNarrowKernels] are made of: one vector of floats from or to fewer bits. Always
/// inlined, as [Lanes] are.
final class NarrowLanes {
  static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  private static final VectorSpecies<Byte> BYTE_SPECIES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));
  private static final VectorSpecies<Short> SHORT_SPECIES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(LANES * Short.SIZE));

  private static final VectorSpecies<Long> TWO = LongVector.SPECIES_128;
  private static final VectorMask<Float> UPPER =
      VectorMask.fromLong(SPECIES, LANES == 16 ? 0xff00 : 0);

  /// Bytes that one access touches: a vector's lanes, but no vector is shorter than 8 bytes. Of
  /// those that are too many, reading drops them and writing leaves zeros there, for the next
  /// access to overwrite.
  static final int BYTES = BYTE_SPECIES.length();

  /// 1.5 · 2²³: added to a small float, it leaves the nearest integer in the low bits.
  private static final float ROUNDING = 12582912f;

  private NarrowLanes() {}

  static FloatVector loadInt8(MemorySegment q, long offset, int i) {
    var bytes = ByteVector.fromMemorySegment(BYTE_SPECIES, q, offset + i, ORDER);
    return (FloatVector) bytes.convertShape(VectorOperators.B2F, SPECIES, 0);
  }

  /// Bytes to integers; only where vectors have at least 8 lanes, so that none is read too many.
  static IntVector loadInts(MemorySegment q, long offset) {
    var bytes = ByteVector.fromMemorySegment(BYTE_SPECIES, q, offset, ORDER);
    return (IntVector) bytes.convertShape(VectorOperators.B2I, INTS, 0);
  }

  /// The 8 scales and 8 minima, of 6 bits each, that blocks of Q4_K and Q5_K begin with, times `d`
  /// and `dmin`; with vectors of 8 lanes one half of them.
  static FloatVector scalesAndMinima(MemorySegment w, long at, int part, float d, float dmin) {
    int a = w.get(JAVA_INT_UNALIGNED, at);
    int b = w.get(JAVA_INT_UNALIGNED, at + 4);
    int c = w.get(JAVA_INT_UNALIGNED, at + 8);
    int s = c & 0x0f0f0f0f | (a >>> 6 & 0x03030303) << 4;
    int m = c >>> 4 & 0x0f0f0f0f | (b >>> 6 & 0x03030303) << 4;
    long scales = (long) s << 32 | a & 0x3f3f3f3f;
    long minima = (long) m << 32 | b & 0x3f3f3f3f;
    var bytes = LongVector.broadcast(TWO, scales).withLane(1, minima).reinterpretAsBytes();
    var values = (FloatVector) bytes.convertShape(VectorOperators.B2F, SPECIES, part);
    return LANES == 16
        ? values.mul(FloatVector.broadcast(SPECIES, d).blend(dmin, UPPER))
        : values.mul(part == 0 ? d : dmin);
  }

  /// Signed bytes, 16 of them in all, times `d`.
  static FloatVector scales(MemorySegment w, long at, int part, float d) {
    var bytes = ByteVector.fromMemorySegment(ByteVector.SPECIES_128, w, at, ORDER);
    return ((FloatVector) bytes.convertShape(VectorOperators.B2F, SPECIES, part)).mul(d);
  }

  static FloatVector floats(IntVector ints) {
    return (FloatVector) ints.convert(VectorOperators.I2F, 0);
  }

  /// @param q with [#BYTES] elements from `i` on
  static FloatVector loadUnpacked(byte[] q, int i) {
    var bytes = ByteVector.fromArray(BYTE_SPECIES, q, i);
    return (FloatVector) bytes.convertShape(VectorOperators.B2F, SPECIES, 0);
  }

  /// Rounds to nearest, ties to even.
  static void storeInt8(FloatVector value, MemorySegment q, long offset, int i) {
    var ints = value.add(ROUNDING).reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDING));
    var bytes = (ByteVector) ints.convertShape(VectorOperators.I2B, BYTE_SPECIES, 0);
    bytes.intoMemorySegment(q, offset + i, ORDER);
  }

  /// A bfloat16 is the upper half of a float.
  static FloatVector loadBf16(MemorySegment x, long offset, int i) {
    var halves = ShortVector.fromMemorySegment(SHORT_SPECIES, x, offset + 2L * i, ORDER);
    var ints = (IntVector) halves.convertShape(VectorOperators.S2I, INTS, 0);
    return ints.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  static FloatVector loadSums(MemorySegment sums, long offset, int i) {
    var ints = IntVector.fromMemorySegment(INTS, sums, offset + 4L * i, ORDER);
    return (FloatVector) ints.convert(VectorOperators.I2F, 0);
  }

  static float sumAt(MemorySegment sums, long offset, int i) {
    return sums.get(JAVA_INT_UNALIGNED, offset + 4L * i);
  }

  static IntVector magnitudeBits(FloatVector x) {
    return x.reinterpretAsInts().and(Integer.MAX_VALUE);
  }
}

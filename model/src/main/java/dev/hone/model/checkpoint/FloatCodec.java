package dev.hone.model.checkpoint;

import dev.hone.tensor.Bf16Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Between f32 in memory (native byte order) and F32, F16 and BF16 in files (little-endian).
///
/// Works through arrays of [#CHUNK] elements, whose loops the compiler turns into vector
/// instructions.
final class FloatCodec {
  /// Elements converted at a time: two arrays of this length stay in the first-level cache.
  static final int CHUNK = 4096;

  static final ValueLayout.OfFloat FILE_F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort FILE_16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat MEMORY_F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private FloatCodec() {}

  /// Widens `src` (`dtype`, as in a file) into `dst` (f32); exact.
  static void decode(MemorySegment src, Dtype dtype, MemorySegment dst) {
    long elements = dst.byteSize() / Float.BYTES;
    if (dtype == Dtype.F32) {
      MemorySegment.copy(src, FILE_F32, 0, dst, MEMORY_F32, 0, elements);
      return;
    }
    var narrow = new short[CHUNK];
    var wide = new float[CHUNK];
    for (long done = 0; done < elements; done += CHUNK) {
      int n = (int) Math.min(CHUNK, elements - done);
      MemorySegment.copy(src, FILE_16, done * Short.BYTES, narrow, 0, n);
      widen(narrow, dtype, wide, n);
      MemorySegment.copy(wide, 0, dst, MEMORY_F32, done * Float.BYTES, n);
    }
  }

  private static void widen(short[] narrow, Dtype dtype, float[] wide, int n) {
    if (dtype == Dtype.F16) {
      for (int i = 0; i < n; i++) wide[i] = Float.float16ToFloat(narrow[i]);
    } else {
      for (int i = 0; i < n; i++) wide[i] = Float.intBitsToFloat(narrow[i] << 16);
    }
  }

  /// Rounds `n` elements of `wide` to `dtype` (to nearest, ties to even) and stores them in `dst`
  /// as a file has them.
  static void encode(float[] wide, int n, Dtype dtype, short[] narrow, MemorySegment dst) {
    if (dtype == Dtype.F32) {
      MemorySegment.copy(wide, 0, dst, FILE_F32, 0, n);
      return;
    }
    if (dtype == Dtype.F16) {
      for (int i = 0; i < n; i++) narrow[i] = Float.floatToFloat16(wide[i]);
    } else {
      for (int i = 0; i < n; i++) narrow[i] = Bf16Matrix.round(wide[i]);
    }
    MemorySegment.copy(narrow, 0, dst, FILE_16, 0, n);
  }
}

package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// From blocks of a [BlockType] to float32, each over one contiguous run of blocks. They come in
/// twos, as [Kernels] do.
sealed interface BlockKernels permits ScalarBlockKernels, VectorBlockKernels {
  /// The vector kernels where the module is there, else the scalar ones.
  BlockKernels BEST =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
          ? new VectorBlockKernels()
          : new ScalarBlockKernels();

  /// `y = w`: the bits that ggml's reference gives, each product rounded before it is added to.
  ///
  /// @param n elements, whole blocks
  void widen(
      BlockType type, MemorySegment w, long wAt, int n, MemorySegment y, long yAt, Unpacked u);

  /// `Σ w·x`, without writing `w` down in float32.
  ///
  /// @param u made for `x` ([Unpacked#of])
  float dot(
      BlockType type, MemorySegment w, long wAt, int n, MemorySegment x, long xAt, Unpacked u);

  /// Scratch for one block: its elements are `scale · q − offset`.
  ///
  /// @param q one byte each
  /// @param scales of each [BlockType#GROUP]
  /// @param offsets likewise
  /// @param sums what the types with 256 elements multiply their offsets with: for each block 16
  ///   sums of the vector's elements, as [#of] lays them out
  record Unpacked(byte[] q, float[] scales, float[] offsets, float[] sums) {
    /// For no products.
    static Unpacked allocate() {
      return allocate(0);
    }

    private static Unpacked allocate(int groupsOfX) {
      int groups = BlockType.MOST / BlockType.GROUP;
      return new Unpacked(
          new byte[BlockType.MOST], new float[groups], new float[groups], new float[groupsOfX]);
    }

    /// For products with the `n` elements of `x`, whole blocks.
    ///
    /// A block of Q4_K or Q5_K has 8 scales and 8 minima: its sums are 8 zeros, and of each 32
    /// elements the negative sum. One of Q6_K has 16 scales, whose elements are off by 32.
    static Unpacked of(BlockType type, MemorySegment x, long xAt, int n) {
      boolean hasMinima = type == BlockType.Q4_K || type == BlockType.Q5_K;
      if (!hasMinima && type != BlockType.Q6_K) {
        return allocate();
      }
      var u = allocate(n / BlockType.GROUP);
      for (int i = 0; i < n; i++) {
        float value = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * i);
        int block = i / 256 * 16;
        if (hasMinima) {
          u.sums[block + 8 + i % 256 / 32] -= value;
        } else {
          u.sums[block + i % 256 / 16] -= 32 * value;
        }
      }
      return u;
    }

    /// One scale and offset for a block of 32.
    void all(float scale, float offset) {
      scales[0] = scale;
      scales[1] = scale;
      offsets[0] = offset;
      offsets[1] = offset;
    }
  }
}

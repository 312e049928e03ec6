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

  /// `Σ w·x`, without writing `w` down in float32: one row of a matrix.
  float dot(BlockType type, MemorySegment w, long wAt, Factor x, Unpacked u);

  /// A vector that rows are multiplied with.
  ///
  /// @param x its elements
  /// @param sums what the types of 256 elements multiply their offsets with, 16 numbers a block.
  ///   Those with minima: 8 zeros, for the scales, and of each 32 elements the negative sum. Q6_K,
  ///   whose elements are off by 32: of each 16 elements the sum times -32.
  record Factor(float[] x, float[] sums) {
    static Factor of(BlockType type, MemorySegment data, long at, int n) {
      var x = new float[n];
      MemorySegment.copy(data, JAVA_FLOAT_UNALIGNED, at, x, 0, n);
      boolean hasMinima = type == BlockType.Q4_K || type == BlockType.Q5_K;
      var sums = new float[hasMinima || type == BlockType.Q6_K ? n / BlockType.GROUP : 0];
      for (int i = 0; sums.length > 0 && i < n; i++) {
        if (hasMinima) {
          sums[i / 256 * 16 + 8 + i % 256 / 32] -= x[i];
        } else {
          sums[i / 16] -= 32 * x[i];
        }
      }
      return new Factor(x, sums);
    }
  }

  /// Scratch for one block: its elements are `scale · q − offset`.
  ///
  /// @param q one byte each
  /// @param scales of each [BlockType#GROUP]
  /// @param offsets likewise
  record Unpacked(byte[] q, float[] scales, float[] offsets) {
    static Unpacked allocate() {
      int groups = BlockType.MOST / BlockType.GROUP;
      return new Unpacked(new byte[BlockType.MOST], new float[groups], new float[groups]);
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

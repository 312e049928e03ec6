package dev.hone.tensor;

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
  float dot(
      BlockType type, MemorySegment w, long wAt, int n, MemorySegment x, long xAt, Unpacked u);

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

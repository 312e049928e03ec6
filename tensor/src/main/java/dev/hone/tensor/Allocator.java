package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// Where tensors come from: a plan that only counts, or an arena.
///
/// Whoever needs memory takes an allocator and asks for all of it at once; run with [MemoryPlan]
/// first, the same code says how much that will be.
public interface Allocator {
  /// A float32 matrix, all zero.
  ///
  /// @param name what it is for, shown when memory is reported
  Tensor f32(String name, long rows, int cols);

  /// Memory of another type, all zero, up to three bytes longer than asked for.
  default MemorySegment bytes(String name, long byteSize) {
    return f32(name, Math.ceilDiv(byteSize, Float.BYTES), 1).data();
  }
}

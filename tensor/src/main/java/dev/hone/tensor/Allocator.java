package dev.hone.tensor;

/// Where tensors come from: a plan that only counts, or an arena.
///
/// Whoever needs memory takes an allocator and asks for all of it at once; run with [MemoryPlan]
/// first, the same code says how much that will be.
public interface Allocator {
  /// A float32 matrix, all zero.
  ///
  /// @param name what it is for, shown when memory is reported
  Tensor f32(String name, long rows, int cols);
}

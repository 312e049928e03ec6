package dev.hone.tensor;

import java.lang.foreign.Arena;

/// Allocates from an arena that somebody else closes; each tensor starts on a cache line of its
/// own.
public record ArenaAllocator(Arena arena) implements Allocator {
  private static final long CACHE_LINE_BYTES = 64;

  @Override
  public Tensor f32(String name, long rows, int cols) {
    return Tensor.of(arena.allocate(Tensor.byteSize(rows, cols), CACHE_LINE_BYTES), rows, cols);
  }
}

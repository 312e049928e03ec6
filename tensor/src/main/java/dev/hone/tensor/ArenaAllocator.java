package dev.hone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Allocates from an arena that somebody else closes: a few large blocks, cut into tensors that
/// each start on a cache line of their own.
public final class ArenaAllocator implements Allocator {
  private static final long CACHE_LINE_BYTES = 64;

  private static final long BLOCK_BYTES = 64L << 20;

  /// What is larger has a block of its own, so that the rest of one is not given up for it.
  private static final long LARGE_BYTES = BLOCK_BYTES / 8;

  private final Arena arena;
  private MemorySegment block = MemorySegment.NULL;
  private long used;

  public ArenaAllocator(Arena arena) {
    this.arena = arena;
  }

  @Override
  public synchronized Tensor f32(String name, long rows, int cols) {
    long size = Tensor.byteSize(rows, cols);
    return Tensor.of(size > LARGE_BYTES ? Pages.allocate(arena, size) : cut(size), rows, cols);
  }

  private MemorySegment cut(long size) {
    if (size > block.byteSize() - used) {
      block = Pages.allocate(arena, BLOCK_BYTES);
      used = 0;
    }
    var segment = block.asSlice(used, size);
    used += Math.ceilDiv(size, CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
    return segment;
  }
}

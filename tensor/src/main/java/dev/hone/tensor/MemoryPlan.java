package dev.hone.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Counts what would be allocated, and allocates nothing; its tensors have a shape but no memory.
public final class MemoryPlan implements Allocator {
  private final Map<String, Long> bytesByName = new LinkedHashMap<>();

  @Override
  public Tensor f32(String name, long rows, int cols) {
    bytesByName.merge(name, Tensor.byteSize(rows, cols), Math::addExact);
    return Tensor.planned(rows, cols);
  }

  /// Counts what another plan has counted.
  public void add(MemoryPlan other) {
    other.bytesByName.forEach((name, bytes) -> bytesByName.merge(name, bytes, Math::addExact));
  }

  public long byteSize() {
    return bytesByName.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Bytes by the name that was asked for, in order of first appearance.
  public Map<String, Long> bytesByName() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(bytesByName));
  }
}

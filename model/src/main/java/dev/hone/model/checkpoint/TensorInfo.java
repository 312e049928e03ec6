package dev.hone.model.checkpoint;

import java.util.List;

/// What a safetensors header says of one tensor.
///
/// @param name as in the file
/// @param dtype element type
/// @param shape sizes, outermost first; empty for a scalar
/// @param offset of the first byte, from the beginning of the file
/// @param byteSize of the data
public record TensorInfo(String name, Dtype dtype, List<Long> shape, long offset, long byteSize) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /// How many elements it has: the product of its shape.
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1L, Math::multiplyExact);
  }
}

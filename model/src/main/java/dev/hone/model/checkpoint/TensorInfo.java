package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockType;
import java.util.List;
import java.util.Optional;

/// What a file says of one tensor.
///
/// @param name as in the file
/// @param dtype element type; of elements in blocks what they are decoded to
/// @param blocks how elements are quantised, where they are
/// @param shape sizes, outermost first; empty for a scalar
/// @param offset of the first byte, from the beginning of the file
/// @param byteSize of the data
public record TensorInfo(
    String name,
    Dtype dtype,
    Optional<BlockType> blocks,
    List<Long> shape,
    long offset,
    long byteSize) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /// What its elements are stored in, by name.
  public String type() {
    return blocks.map(BlockType::name).orElse(dtype.name());
  }

  /// The same under another name.
  public TensorInfo named(String other) {
    return new TensorInfo(other, dtype, blocks, shape, offset, byteSize);
  }

  /// How many elements it has: the product of its shape.
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1L, Math::multiplyExact);
  }
}

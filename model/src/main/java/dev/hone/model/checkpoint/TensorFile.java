package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockMatrix;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Named tensors in a file, mapped read-only.
sealed interface TensorFile permits SafetensorsFile, GgufTensors, FusedFile {
  Path path();

  /// The tensors' names, in the order of the file.
  Set<String> names();

  /// @throws IllegalArgumentException when there is no such tensor
  TensorInfo info(String name);

  /// The file's own notes.
  Map<String, String> metadata();

  /// A view of a tensor's bytes as stored.
  MemorySegment raw(String name);

  /// Whether [#raw] is the tensor, row after row, in the type that [#info] says.
  boolean isPlain(String name);

  /// Whether [#raw] can be computed with as it is.
  boolean isF32Mapped(String name);

  /// Copies as many elements as fit `dst`, from element `from` of a tensor on, as f32.
  void readF32(String name, long from, MemorySegment dst) throws CheckpointException;

  /// A matrix that is kept in blocks, as it is.
  Optional<BlockMatrix> blocks(String name);
}

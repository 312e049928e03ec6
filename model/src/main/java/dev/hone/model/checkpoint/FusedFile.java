package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockMatrix;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A file whose fused matrices answer under the names of their parts: q, k and v are some rows each
/// of one matrix, and so are gate and up.
final class FusedFile implements TensorFile {
  private final TensorFile file;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  /// Rows of a stored tensor.
  private record Part(String stored, long firstRow, List<Long> shape) {
    long cols() {
      return shape.size() == 1 ? 1 : shape.getLast();
    }

    long rows() {
      return shape.getFirst();
    }
  }

  FusedFile(TensorFile file, ModelConfig config) {
    this.file = file;
    var shapes = DecoderTensorNames.of(config);
    for (var stored : file.names()) {
      var shape = file.info(stored).shape();
      var names = FusedLayer.partsOf(stored);
      long row = 0;
      for (var name : names) {
        var expected = shapes.get(name);
        if (expected == null) break; // a layer too many: the check says so
        parts.put(name, new Part(stored, row, List.of(expected.getFirst(), shape.getLast())));
        row += expected.getFirst();
      }
      // one that has other rows than its parts together stays what it is, and is refused as such
      if (names.isEmpty() || row != shape.getFirst()) {
        names.forEach(parts::remove);
        parts.put(stored, new Part(stored, 0, shape));
      }
    }
  }

  private Part part(String name) {
    var part = parts.get(name);
    if (part == null)
      throw new IllegalArgumentException(path() + " has no tensor " + Quoted.of(name));
    return part;
  }

  private boolean isWhole(Part part) {
    return file.info(part.stored).shape().equals(part.shape);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public Set<String> names() {
    return parts.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    var part = part(name);
    var whole = file.info(part.stored);
    long rowBytes =
        whole.byteSize() / Math.max(1, whole.shape().isEmpty() ? 1 : whole.shape().getFirst());
    return isWhole(part)
        ? whole
        : new TensorInfo(
            name,
            whole.dtype(),
            whole.blocks(),
            part.shape,
            whole.offset() + part.firstRow * rowBytes,
            part.rows() * rowBytes);
  }

  @Override
  public Map<String, String> metadata() {
    return file.metadata();
  }

  @Override
  public MemorySegment raw(String name) {
    var part = part(name);
    var whole = file.raw(part.stored);
    if (isWhole(part)) return whole;
    long rowBytes = whole.byteSize() / file.info(part.stored).shape().getFirst();
    return whole.asSlice(part.firstRow * rowBytes, part.rows() * rowBytes);
  }

  @Override
  public boolean isPlain(String name) {
    return file.isPlain(part(name).stored) && isWhole(part(name));
  }

  @Override
  public boolean isF32Mapped(String name) {
    return file.isF32Mapped(part(name).stored);
  }

  @Override
  public void readF32(String name, long from, MemorySegment dst) throws CheckpointException {
    var part = part(name);
    file.readF32(part.stored, part.firstRow * part.cols() + from, dst);
  }

  @Override
  public Optional<BlockMatrix> blocks(String name) {
    var part = part(name);
    return file.blocks(part.stored)
        .map(whole ->
            isWhole(part)
                ? whole
                : new BlockMatrix(whole.type(), raw(name), part.rows(), whole.cols(), 0));
  }
}

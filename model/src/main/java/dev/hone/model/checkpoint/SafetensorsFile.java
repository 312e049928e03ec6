package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockMatrix;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A safetensors file, mapped read-only: 8 bytes of header length (little-endian), the header, the
/// data.
///
/// The mapping lives as long as the arena that [#open] receives, and the file's handle is closed
/// before `open` returns, so there is nothing here to close.
public final class SafetensorsFile implements TensorFile {
  static final int MAX_HEADER_BYTES = 100_000_000;
  private static final int LENGTH_BYTES = Long.BYTES;

  private final Path path;
  private final MemorySegment mapped;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path path, MemorySegment mapped, SafetensorsHeader header) {
    this.path = path;
    this.mapped = mapped;
    this.header = header;
  }

  /// Checks the header of `path` and maps the file into `arena`. No tensor data are touched.
  public static SafetensorsFile open(Path path, Arena arena) throws CheckpointException {
    try {
      JsonFile.requireRegularFile(path);
      try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
        var header = readHeader(path, channel);
        var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        return new SafetensorsFile(path, mapped, header);
      }
    } catch (IOException e) {
      throw CheckpointException.cannotRead(path, e);
    }
  }

  private static SafetensorsHeader readHeader(Path path, FileChannel channel) throws IOException {
    long fileSize = channel.size();
    if (fileSize < LENGTH_BYTES) {
      throw new CheckpointException(
          path,
          "truncated: a safetensors file has at least %d bytes, this one %d; copy or"
                  .formatted(LENGTH_BYTES, fileSize)
              + " download it again");
    }
    long length = read(path, channel, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    checkHeaderLength(path, length, fileSize);
    var bytes = read(path, channel, (int) length).array();
    return SafetensorsHeader.parse(
        path,
        JsonFile.strictUtf8(new ByteArrayInputStream(bytes)),
        LENGTH_BYTES + length,
        fileSize);
  }

  private static void checkHeaderLength(Path path, long length, long fileSize)
      throws CheckpointException {
    if (length < 2 || length > MAX_HEADER_BYTES) {
      throw new CheckpointException(
          path,
          "header length %s is not between 2 and %d; not a safetensors file"
              .formatted(Long.toUnsignedString(length), MAX_HEADER_BYTES));
    }
    if (length > fileSize - LENGTH_BYTES) {
      throw new CheckpointException(
          path,
          "truncated: the header has %d bytes, the file %d; copy or download it again"
              .formatted(length, fileSize));
    }
  }

  private static ByteBuffer read(Path path, FileChannel channel, int size) throws IOException {
    var buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new CheckpointException(path, "ended while it was read; is it still being written?");
      }
    }
    return buffer.flip();
  }

  @Override
  public Path path() {
    return path;
  }

  /// The tensors' names, in the order of the header.
  @Override
  public Set<String> names() {
    return tensors().keySet();
  }

  /// The tensors by name, in the order of the header.
  public Map<String, TensorInfo> tensors() {
    return java.util.Collections.unmodifiableMap(header.tensors());
  }

  /// What the header says of the tensor `name`.
  ///
  /// @throws IllegalArgumentException when there is none; ask [#names] first
  @Override
  public TensorInfo info(String name) {
    var info = header.tensors().get(name);
    if (info == null)
      throw new IllegalArgumentException(path + " has no tensor " + Quoted.of(name));
    return info;
  }

  /// The file's own notes (`__metadata__`); empty where it has none.
  @Override
  public Map<String, String> metadata() {
    return java.util.Collections.unmodifiableMap(header.metadata());
  }

  /// A view of a tensor's bytes as stored (little-endian), read-only and not necessarily aligned.
  @Override
  public MemorySegment raw(String name) {
    var info = info(name);
    return mapped.asSlice(info.offset(), info.byteSize());
  }

  @Override
  public boolean isPlain(String name) {
    return true;
  }

  @Override
  public Optional<BlockMatrix> blocks(String name) {
    return Optional.empty();
  }

  /// Whether [#raw] can be computed with as it is: f32, in this machine's byte order, aligned to 4
  /// bytes.
  @Override
  public boolean isF32Mapped(String name) {
    var info = info(name);
    return info.dtype() == Dtype.F32
        && info.offset() % Float.BYTES == 0
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  /// Copies a tensor into `dst` as f32 in this machine's byte order; exact, for F32, F16 and BF16
  /// alike.
  ///
  /// @param dst exactly `4 · elements` bytes
  /// @throws CheckpointException when the dtype is another one
  public void readF32(String name, MemorySegment dst) throws CheckpointException {
    var info = info(name);
    if (dst.byteSize() != info.elements() * Float.BYTES) {
      throw new IllegalArgumentException(
          "readF32 %s: destination has %d bytes, %s needs %d"
              .formatted(name, dst.byteSize(), info.shape(), info.elements() * Float.BYTES));
    }
    readF32(name, 0, dst);
  }

  /// Copies as many elements as fit `dst`, from element `from` of a tensor on.
  ///
  /// @throws CheckpointException when the dtype is none that can be read
  @Override
  public void readF32(String name, long from, MemorySegment dst) throws CheckpointException {
    var info = info(name);
    if (!info.dtype().isReadable()) {
      throw new CheckpointException(
          path,
          "tensor %s is %s, but only F32, F16 and BF16 can be read as numbers; use an"
                  .formatted(Quoted.of(name), info.dtype())
              + " unquantised checkpoint");
    }
    long byteOffset = from * info.dtype().bits() / Byte.SIZE;
    FloatCodec.decode(raw(name).asSlice(byteOffset), info.dtype(), dst);
  }
}

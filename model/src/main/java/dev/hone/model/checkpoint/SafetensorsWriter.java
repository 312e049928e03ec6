package dev.hone.model.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes safetensors files, whole or not at all. The same entries give the same bytes: tensors
/// stand in the given order, metadata sorted by key, the header padded with spaces to a multiple of
/// 8 bytes.
public final class SafetensorsWriter {
  /// The metadata of a file with PyTorch weights, without which transformers refuses to load it.
  public static final Map<String, String> PYTORCH = Map.of("format", "pt");

  private static final int ALIGNMENT = 8;
  private static final long WRITE_BYTES = 16L << 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  private SafetensorsWriter() {}

  /// Where a tensor's bytes come from; asked once, when its turn has come, so that only one need be
  /// in memory.
  @FunctionalInterface
  public interface Data {
    MemorySegment get() throws IOException;
  }

  /// A tensor to write.
  ///
  /// @param name in the file
  /// @param dtype in the file
  /// @param shape sizes, outermost first
  /// @param source dtype of `data`: `dtype` itself for bytes as stored, or [Dtype#F32] (native byte
  ///   order) to be rounded to `dtype`, to nearest and ties to even
  /// @param data the elements, contiguous
  public record Entry(String name, Dtype dtype, List<Long> shape, Dtype source, Data data) {
    public Entry {
      shape = List.copyOf(shape);
      if (name.equals("__metadata__"))
        throw new IllegalArgumentException("no tensor may be called __metadata__");
      if (shape.stream().anyMatch(size -> size < 0)) {
        throw new IllegalArgumentException("tensor %s has the shape %s".formatted(name, shape));
      }
      if (source != dtype && !(source == Dtype.F32 && dtype.isReadable())) {
        throw new IllegalArgumentException(
            "tensor %s: cannot write %s as %s".formatted(name, source, dtype));
      }
    }

    /// A tensor of f32 in memory, written as F32, F16 or BF16.
    public static Entry ofF32(String name, Dtype dtype, List<Long> shape, Data data) {
      return new Entry(name, dtype, shape, Dtype.F32, data);
    }

    /// A tensor whose bytes are copied as a file has them.
    public static Entry ofRaw(String name, Dtype dtype, List<Long> shape, Data data) {
      return new Entry(name, dtype, shape, dtype, data);
    }

    /// Bytes in the file.
    public long byteSize() {
      return byteSize(dtype);
    }

    private long byteSize(Dtype type) {
      long bits =
          shape.stream().mapToLong(Long::longValue).reduce(type.bits(), Math::multiplyExact);
      return Math.ceilDiv(bits, 8L);
    }
  }

  /// Writes `entries` and `metadata` to `target`, replacing what stands there once all of it is on
  /// the disk.
  public static void write(Path target, List<Entry> entries, Map<String, String> metadata)
      throws CheckpointException {
    var header = header(entries, metadata);
    AtomicFile.write(
        target,
        channel -> {
          AtomicFile.writeFully(channel, header);
          try (var buffers = Arena.ofConfined()) {
            var body = new Body(channel, buffers.allocate((long) FloatCodec.CHUNK * Float.BYTES));
            for (var entry : entries) body.write(entry);
          }
        });
  }

  private static ByteBuffer header(List<Entry> entries, Map<String, String> metadata) {
    var json = JSON.writeValueAsBytes(headerObject(entries, metadata));
    int padded = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
    var bytes = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(json);
    while (bytes.hasRemaining()) bytes.put((byte) ' ');
    return bytes.flip();
  }

  private static ObjectNode headerObject(List<Entry> entries, Map<String, String> metadata) {
    var root = JsonNodeFactory.instance.objectNode();
    if (!metadata.isEmpty()) {
      var notes = root.putObject("__metadata__");
      new TreeMap<>(metadata).forEach(notes::put);
    }
    var names = new HashSet<String>();
    long offset = 0;
    for (var entry : entries) {
      if (!names.add(entry.name()))
        throw new IllegalArgumentException("two tensors are called " + entry.name());
      var tensor = root.putObject(entry.name()).put("dtype", entry.dtype().name());
      var shape = tensor.putArray("shape");
      entry.shape().forEach(shape::add);
      tensor.putArray("data_offsets").add(offset).add(offset += entry.byteSize());
    }
    return root;
  }

  /// The data part of a file being written.
  ///
  /// @param buffer a chunk as the file has it
  private record Body(FileChannel channel, MemorySegment buffer) {

    void write(Entry entry) throws IOException {
      var data = entry.data().get();
      if (data.byteSize() != entry.byteSize(entry.source())) {
        throw new IllegalArgumentException(
            "tensor %s %s: given %d bytes of %s, needs %d"
                .formatted(
                    entry.name(),
                    entry.shape(),
                    data.byteSize(),
                    entry.source(),
                    entry.byteSize(entry.source())));
      }
      if (isVerbatim(entry)) {
        writeVerbatim(data);
      } else {
        writeConverted(data, entry.dtype());
      }
    }

    private static boolean isVerbatim(Entry entry) {
      return entry.source() == entry.dtype()
          && (entry.dtype() != Dtype.F32 || ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    }

    private void writeVerbatim(MemorySegment data) throws IOException {
      long step = data.isNative() ? WRITE_BYTES : buffer.byteSize();
      for (long done = 0; done < data.byteSize(); done += step) {
        var piece = data.asSlice(done, Math.min(step, data.byteSize() - done));
        AtomicFile.writeFully(channel, nativeView(piece).asByteBuffer());
      }
    }

    /// Arrays other than of bytes cannot be seen as a byte buffer, so what lies on the heap goes
    /// through `buffer`.
    private MemorySegment nativeView(MemorySegment piece) {
      return piece.isNative() ? piece : buffer.asSlice(0, piece.byteSize()).copyFrom(piece);
    }

    private void writeConverted(MemorySegment data, Dtype dtype) throws IOException {
      var wide = new float[FloatCodec.CHUNK];
      var narrow = new short[FloatCodec.CHUNK];
      long elements = data.byteSize() / Float.BYTES;
      for (long done = 0; done < elements; done += FloatCodec.CHUNK) {
        int n = (int) Math.min(FloatCodec.CHUNK, elements - done);
        MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED, done * Float.BYTES, wide, 0, n);
        FloatCodec.encode(wide, n, dtype, narrow, buffer);
        AtomicFile.writeFully(
            channel, buffer.asSlice(0, (long) n * dtype.bits() / 8).asByteBuffer());
      }
    }
  }
}

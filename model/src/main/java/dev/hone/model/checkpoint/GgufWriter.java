package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockRounding;
import dev.hone.tensor.BlockType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Writes a GGUF file of version 3, whole or not at all.
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  /// Floats that are rounded at a time: 4 MB.
  private static final int FLOATS_AT_ONCE = 1 << 20;

  private GgufWriter() {}

  /// What a tensor's elements are stored in.
  public sealed interface Storage {
    /// ggml's number.
    int kind();

    /// Bytes of so many elements.
    long byteSize(long elements);

    /// Its name, ggml's.
    String name();

    /// @param dtype one of F32, F16 and BF16
    record Plain(Dtype dtype) implements Storage {
      @Override
      public int kind() {
        return switch (dtype) {
          case F32 -> 0;
          case F16 -> 1;
          case BF16 -> 30;
          default -> throw new IllegalArgumentException("GGUF files are not written in " + dtype);
        };
      }

      @Override
      public String name() {
        return dtype.name();
      }

      @Override
      public long byteSize(long elements) {
        return elements * dtype.bits() / Byte.SIZE;
      }
    }

    /// @param type one that [BlockRounding] knows
    record Blocks(BlockType type) implements Storage {
      @Override
      public int kind() {
        return type.id();
      }

      @Override
      public String name() {
        return type.name();
      }

      @Override
      public long byteSize(long elements) {
        return type.byteSize(elements);
      }
    }
  }

  /// Rows of a tensor as the file is to have them.
  @FunctionalInterface
  public interface Rows {
    /// Fills `row` with row `r`.
    ///
    /// @param row f32, in this machine's byte order
    void read(long r, MemorySegment row) throws IOException;
  }

  /// @param shape outermost first; the last is a row's length
  public record Entry(String name, List<Long> shape, Storage storage, Rows rows) {
    public Entry {
      shape = List.copyOf(shape);
    }

    int cols() {
      return Math.toIntExact(shape.getLast());
    }

    long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }

    long byteSize() {
      return storage.byteSize(elements());
    }
  }

  /// @param keys values are [String], [Integer] (unsigned), [Float], [Boolean], `String[]`,
  ///   `float[]` or `int[]` (signed)
  public static void write(Path target, Map<String, Object> keys, List<Entry> tensors)
      throws CheckpointException {
    var header = header(keys, tensors);
    AtomicFile.write(
        target,
        channel -> {
          AtomicFile.writeFully(channel, header);
          for (var tensor : tensors) writeTensor(channel, tensor);
        });
  }

  private static ByteBuffer header(Map<String, Object> keys, List<Entry> tensors) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    put32(out, 3);
    put64(out, tensors.size());
    put64(out, keys.size());
    keys.forEach((key, value) -> {
      putText(out, key);
      putValue(out, value);
    });
    long offset = 0;
    for (var tensor : tensors) {
      putText(out, tensor.name);
      put32(out, tensor.shape.size());
      for (long size : tensor.shape.reversed()) put64(out, size);
      put32(out, tensor.storage.kind());
      put64(out, offset);
      offset += padded(tensor.byteSize());
    }
    while (out.size() % ALIGNMENT != 0) out.write(0);
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static void putValue(ByteArrayOutputStream out, Object value) {
    switch (value) {
      case Integer number -> {
        put32(out, 4);
        put32(out, number);
      }
      case Float number -> {
        put32(out, 6);
        put32(out, Float.floatToRawIntBits(number));
      }
      case Boolean is -> {
        put32(out, 7);
        out.write(is ? 1 : 0);
      }
      case String text -> {
        put32(out, 8);
        putText(out, text);
      }
      case String[] texts -> {
        putList(out, 8, texts.length);
        for (var text : texts) putText(out, text);
      }
      case float[] numbers -> {
        putList(out, 6, numbers.length);
        for (float number : numbers) put32(out, Float.floatToRawIntBits(number));
      }
      case int[] numbers -> {
        putList(out, 5, numbers.length);
        for (int number : numbers) put32(out, number);
      }
      default -> throw new IllegalArgumentException("no GGUF value: " + value);
    }
  }

  private static void putList(ByteArrayOutputStream out, int kind, int length) {
    put32(out, 9);
    put32(out, kind);
    put64(out, length);
  }

  private static void putText(ByteArrayOutputStream out, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    put64(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void put32(ByteArrayOutputStream out, int value) {
    out.writeBytes(little(4).putInt(value).array());
  }

  private static void put64(ByteArrayOutputStream out, long value) {
    out.writeBytes(little(8).putLong(value).array());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long padded(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /// Rows are rounded on all processors, some at a time.
  private static void writeTensor(FileChannel channel, Entry tensor) throws IOException {
    int cols = tensor.cols();
    long rows = tensor.elements() / cols;
    int most = (int) Math.clamp(FLOATS_AT_ONCE / cols, 1, rows);
    var values = new float[most][cols];
    long size = tensor.storage.byteSize(cols);
    try (var arena = Arena.ofShared()) {
      var row = arena.allocate((long) cols * Float.BYTES, Float.BYTES);
      var stored = arena.allocate(most * size);
      for (long from = 0; from < rows; from += most) {
        int n = (int) Math.min(most, rows - from);
        for (int r = 0; r < n; r++) {
          tensor.rows.read(from + r, row);
          MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, values[r], 0, cols);
        }
        IntStream.range(0, n)
            .parallel()
            .forEach(r -> store(values[r], tensor.storage, stored.asSlice(r * size, size)));
        AtomicFile.writeFully(channel, stored.asSlice(0, n * size).asByteBuffer());
      }
    }
    AtomicFile.writeFully(
        channel, ByteBuffer.allocate((int) (padded(tensor.byteSize()) - tensor.byteSize())));
  }

  private static void store(float[] row, Storage storage, MemorySegment stored) {
    switch (storage) {
      case Storage.Plain(var dtype) ->
          FloatCodec.encode(row, row.length, dtype, new short[row.length], stored);
      case Storage.Blocks(var type) -> BlockRounding.round(type, row, row.length, stored);
    }
  }
}

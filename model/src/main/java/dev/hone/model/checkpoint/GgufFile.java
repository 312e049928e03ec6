package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A GGUF file, mapped read-only: what llama.cpp and its kin keep a model in, tokenizer and chat
/// template included. The mapping lives as long as the arena that [#open] receives.
///
/// @param values of its keys, as [Long], [Double], [Boolean], [String] or a list of them
/// @param tensors by name, in the order of the file
record GgufFile(
    Path path, MemorySegment mapped, Map<String, Object> values, Map<String, Stored> tensors) {
  private static final int F32 = 0;
  private static final int F16 = 1;
  private static final int BF16 = 30;

  /// What the file says of one tensor.
  ///
  /// @param shape outermost first
  /// @param kind of its elements, ggml's number
  /// @param offset of its first byte
  record Stored(String name, List<Long> shape, int kind, long offset) {
    Stored {
      shape = List.copyOf(shape);
    }

    Stored at(long newOffset) {
      return new Stored(name, shape, kind, newOffset);
    }

    long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /// The plain type of its elements; empty where they are in blocks, or in nothing that is known.
    Optional<Dtype> dtype() {
      return switch (kind) {
        case F32 -> Optional.of(Dtype.F32);
        case F16 -> Optional.of(Dtype.F16);
        case BF16 -> Optional.of(Dtype.BF16);
        default -> Optional.empty();
      };
    }

    Optional<BlockType> blocks() {
      return BlockType.byId(kind);
    }

    /// @return 0 for elements of an unknown kind
    long byteSize() {
      long elements = elements();
      return dtype()
          .map(plain -> Math.multiplyExact(elements, plain.bits() / Byte.SIZE))
          .or(() -> blocks().map(type -> type.byteSize(elements)))
          .orElse(0L);
    }
  }

  /// Whether `path` is a file that begins as GGUF files do.
  static boolean is(Path path) {
    if (!Files.isRegularFile(path)) return false;
    try (var file = new RandomAccessFile(path.toFile(), "r")) {
      return file.length() >= 4 && file.readInt() == 0x47475546;
    } catch (IOException e) {
      return false; // whoever opens it next says why
    }
  }

  static GgufFile open(Path path, Arena arena) throws CheckpointException {
    try {
      JsonFile.requireRegularFile(path);
      try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
        var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        return GgufHeader.read(path, mapped);
      }
    } catch (IOException e) {
      throw CheckpointException.cannotRead(path, e);
    }
  }

  /// A view of a tensor's bytes.
  MemorySegment raw(Stored tensor) {
    return mapped.asSlice(tensor.offset(), tensor.byteSize());
  }

  Optional<String> text(String key) throws CheckpointException {
    return value(key, String.class);
  }

  String requireText(String key) throws CheckpointException {
    return text(key).orElseThrow(() -> lacks(key));
  }

  /// An integer from 0 on.
  OptionalInt integer(String key) throws CheckpointException {
    var number = value(key, Long.class);
    if (number.isPresent() && (number.get() < 0 || number.get() > Integer.MAX_VALUE)) {
      throw wrong(key, "an integer");
    }
    return number.isPresent() ? OptionalInt.of(number.get().intValue()) : OptionalInt.empty();
  }

  int requireInteger(String key) throws CheckpointException {
    return integer(key).orElseThrow(() -> lacks(key));
  }

  Optional<Double> number(String key) throws CheckpointException {
    return value(key, Double.class);
  }

  boolean bool(String key, boolean otherwise) throws CheckpointException {
    return value(key, Boolean.class).orElse(otherwise);
  }

  /// A list of one type; empty where there is no such key.
  <T> List<T> list(String key, Class<T> type) throws CheckpointException {
    var list = value(key, List.class);
    if (list.isEmpty()) return List.of();
    for (var one : list.get()) {
      if (!type.isInstance(one)) throw wrong(key, "a list of " + type.getSimpleName());
    }
    @SuppressWarnings("unchecked")
    var checked = (List<T>) list.get();
    return checked;
  }

  private <T> Optional<T> value(String key, Class<T> type) throws CheckpointException {
    var value = values.get(key);
    if (value != null && !type.isInstance(value)) throw wrong(key, type.getSimpleName());
    return Optional.ofNullable(type.cast(value));
  }

  private CheckpointException lacks(String key) {
    return new CheckpointException(path, "lacks the key " + key);
  }

  private CheckpointException wrong(String key, String wanted) {
    return new CheckpointException(path, "key %s is not %s".formatted(key, wanted));
  }
}

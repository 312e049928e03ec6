package dev.hone.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what stands before the tensors in a GGUF file of version 2 or 3: keys with values, and
/// where each tensor lies. Nothing is believed before it is checked against the file's length.
/// (ggml-org/ggml, `docs/gguf.md`.)
final class GgufHeader {
  private static final int MAGIC = 0x46554747; // "GGUF"
  private static final int MAX_KEYS = 1 << 16;
  private static final int MAX_TENSORS = 1 << 20;
  private static final int MAX_NAME = 1 << 16;
  private static final int MAX_DIMENSIONS = 4;
  private static final long MAX_ALIGNMENT = 1 << 20;
  private static final ValueLayout.OfShort U16 = little(ValueLayout.JAVA_SHORT_UNALIGNED);
  private static final ValueLayout.OfInt U32 = little(ValueLayout.JAVA_INT_UNALIGNED);
  private static final ValueLayout.OfLong U64 = little(ValueLayout.JAVA_LONG_UNALIGNED);

  private final Path path;
  private final MemorySegment file;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, GgufFile.Stored> tensors = new LinkedHashMap<>();
  private long at;

  private GgufHeader(Path path, MemorySegment file) {
    this.path = path;
    this.file = file;
  }

  @SuppressWarnings("unchecked")
  private static <L extends ValueLayout> L little(L layout) {
    return (L) layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  /// @param file the whole of it
  static GgufFile read(Path path, MemorySegment file) throws CheckpointException {
    var header = new GgufHeader(path, file);
    header.read();
    return new GgufFile(path, file, header.values, header.tensors);
  }

  private void read() throws CheckpointException {
    if (u32("magic number") != MAGIC) {
      throw new CheckpointException(path, "does not begin with GGUF; it is no GGUF file");
    }
    long version = u32("version");
    if (version != 2 && version != 3) {
      boolean isSwapped = Integer.reverseBytes((int) version) == 3;
      throw new CheckpointException(
          path,
          isSwapped
              ? "is in big-endian order, which is not supported; convert it for this machine"
              : "is GGUF version %d; versions 2 and 3 can be read".formatted(version));
    }
    long tensorCount = count("tensors", MAX_TENSORS);
    long keyCount = count("keys", MAX_KEYS);
    for (long i = 0; i < keyCount; i++) {
      var key = text("name of key " + i, MAX_NAME);
      if (values.put(key, value(key, u32(key), 0)) != null) {
        throw broken("has the key %s twice".formatted(Quoted.of(key)));
      }
    }
    for (long i = 0; i < tensorCount; i++) readTensor(i);
    place();
  }

  private void readTensor(long i) throws CheckpointException {
    var name = text("name of tensor " + i, MAX_NAME);
    var what = "tensor " + Quoted.of(name);
    long dimensions = u32(what);
    if (dimensions > MAX_DIMENSIONS) {
      throw broken("%s has %d dimensions".formatted(what, dimensions));
    }
    var shape = new ArrayList<Long>();
    for (int d = 0; d < dimensions; d++) {
      long size = u64(what);
      if (size < 1) throw broken("%s has a dimension of %d".formatted(what, size));
      shape.addFirst(size);
    }
    var stored = new GgufFile.Stored(name, shape, (int) u32(what), u64(what));
    if (tensors.put(name, stored) != null) throw broken("has %s twice".formatted(what));
  }

  /// Turns offsets among the data into offsets in the file.
  private void place() throws CheckpointException {
    long alignment = values.get("general.alignment") instanceof Long given ? given : 32;
    if (alignment < 1 || alignment > MAX_ALIGNMENT || alignment % 8 != 0) {
      throw broken("has the alignment %d".formatted(alignment));
    }
    long data = Math.ceilDiv(at, alignment) * alignment;
    for (var entry : tensors.entrySet()) {
      var t = entry.getValue();
      long bytes;
      try {
        bytes = t.byteSize();
      } catch (ArithmeticException e) {
        throw new CheckpointException(path, broken(t, "is larger than any file"), e);
      }
      if (t.offset() < 0
          || t.offset() % alignment != 0
          || bytes > file.byteSize() - data
          || t.offset() > file.byteSize() - data - bytes) {
        throw new CheckpointException(
            path,
            broken(
                t,
                "needs %d bytes from %s on, which the file of %d does not have"
                    .formatted(bytes, Long.toUnsignedString(t.offset()), file.byteSize())));
      }
      entry.setValue(t.at(data + t.offset()));
    }
  }

  private static String broken(GgufFile.Stored tensor, String what) {
    return "tensor %s %s; it is cut or damaged, download it again"
        .formatted(Quoted.of(tensor.name()), what);
  }

  /// A value of a kind by its number, as [Long], [Double], [Boolean], [String] or a list of them.
  private Object value(String key, long kind, int depth) throws CheckpointException {
    return switch ((int) kind) {
      case 0 -> (long) Byte.toUnsignedInt(take(key, 1).get(ValueLayout.JAVA_BYTE, 0));
      case 1 -> (long) take(key, 1).get(ValueLayout.JAVA_BYTE, 0);
      case 2 -> (long) Short.toUnsignedInt(take(key, 2).get(U16, 0));
      case 3 -> (long) take(key, 2).get(U16, 0);
      case 4 -> u32(key);
      case 5 -> (long) take(key, 4).get(U32, 0);
      case 6 -> number(Float.intBitsToFloat(take(key, 4).get(U32, 0)));
      case 7 -> take(key, 1).get(ValueLayout.JAVA_BYTE, 0) != 0;
      case 8 -> text(key, file.byteSize());
      case 9 -> list(key, depth);
      case 10, 11 -> u64(key);
      case 12 -> Double.longBitsToDouble(u64(key));
      default -> throw broken("key %s has a value of the kind %d".formatted(Quoted.of(key), kind));
    };
  }

  /// The shortest number that is this one in 32 bits: a file's 1e-5 is meant, not 9.9999997e-6.
  private static double number(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private List<Object> list(String key, int depth) throws CheckpointException {
    if (depth > 1) throw broken("key %s has lists in lists in lists".formatted(Quoted.of(key)));
    long kind = u32(key);
    long n = count("elements of " + Quoted.of(key), (int) Math.min(file.byteSize() - at, 1 << 28));
    var list = new ArrayList<Object>();
    for (long i = 0; i < n; i++) list.add(value(key, kind, depth + 1));
    return list;
  }

  private long count(String what, int most) throws CheckpointException {
    long n = u64("number of " + what);
    if (n < 0 || n > most || n > file.byteSize() - at) {
      throw broken("says that it has %s %s".formatted(Long.toUnsignedString(n), what));
    }
    return n;
  }

  private String text(String what, long most) throws CheckpointException {
    long length = u64(what);
    if (length < 0 || length > most || length > Integer.MAX_VALUE) {
      throw broken("has a text of %s bytes (%s)".formatted(Long.toUnsignedString(length), what));
    }
    var bytes = take(what, length).toArray(ValueLayout.JAVA_BYTE);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(path, "has a text that is not UTF-8 (%s)".formatted(what), e);
    }
  }

  private long u32(String what) throws CheckpointException {
    return Integer.toUnsignedLong(take(what, 4).get(U32, 0));
  }

  private long u64(String what) throws CheckpointException {
    return take(what, 8).get(U64, 0);
  }

  private MemorySegment take(String what, long bytes) throws CheckpointException {
    if (bytes > file.byteSize() - at) {
      throw broken("ends in its header, at byte %d (%s)".formatted(at, what));
    }
    var taken = file.asSlice(at, bytes);
    at += bytes;
    return taken;
  }

  private CheckpointException broken(String what) {
    return new CheckpointException(path, what + "; it is cut or damaged, download it again");
  }
}

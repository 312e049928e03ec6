package dev.hone.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What PyTorch answered: the tensors of one golden file, a safetensors resource of the test class
/// path that a script of `tools/parity` wrote.
///
/// Tensors are row-major, and every read copies, so that a test may change what it got. The file is
/// trusted: it is part of the repository.
public final class Golden {
  private static final JsonMapper JSON = new JsonMapper();

  private final String name;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final ByteBuffer data;

  /// One tensor's header: `begin` and `end` are byte offsets into the data.
  private record Entry(String dtype, long[] shape, int begin, int end) {
    static Entry of(JsonNode node) {
      var shape = node.get("shape").valueStream().mapToLong(JsonNode::asLong).toArray();
      var offsets = node.get("data_offsets");
      return new Entry(
          node.get("dtype").asString(), shape, offsets.get(0).asInt(), offsets.get(1).asInt());
    }
  }

  private Golden(String name, byte[] file) {
    this.name = name;
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    var headerLength = Math.toIntExact(bytes.getLong());
    var header = JSON.readTree(new String(file, Long.BYTES, headerLength, StandardCharsets.UTF_8));
    var begin = Long.BYTES + headerLength;
    data = bytes.slice(begin, file.length - begin).order(ByteOrder.LITTLE_ENDIAN);
    header.properties().forEach(property -> add(property.getKey(), property.getValue()));
  }

  private void add(String key, JsonNode value) {
    if (key.equals("__metadata__")) {
      value.properties().forEach(p -> metadata.put(p.getKey(), p.getValue().asString()));
    } else {
      entries.put(key, Entry.of(value));
    }
  }

  /// The golden file `/golden/NAME.safetensors`, for example `decoder/gqa_tied`.
  public static Golden load(String name) {
    var resource = "/golden/" + name + ".safetensors";
    try (var in = Golden.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "no golden file " + resource + " on the test class path");
      }
      return new Golden(name, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("golden file " + resource, e);
    }
  }

  /// The tensors' names, in the order of the file.
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /// What the script noted: its own name, the versions of the libraries, settings as JSON text.
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /// The dimensions of `tensor`, outermost first.
  public long[] shape(String tensor) {
    return entry(tensor).shape().clone();
  }

  /// A copy of the F32 tensor `tensor`.
  public float[] f32(String tensor) {
    var values = bytes(tensor, "F32").asFloatBuffer();
    var copy = new float[values.remaining()];
    values.get(copy);
    return copy;
  }

  /// A copy of the F64 tensor `tensor`.
  public double[] f64(String tensor) {
    var values = bytes(tensor, "F64").asDoubleBuffer();
    var copy = new double[values.remaining()];
    values.get(copy);
    return copy;
  }

  /// A copy of the I32 tensor `tensor`.
  public int[] i32(String tensor) {
    var values = bytes(tensor, "I32").asIntBuffer();
    var copy = new int[values.remaining()];
    values.get(copy);
    return copy;
  }

  /// A copy of the I64 tensor `tensor`.
  public long[] i64(String tensor) {
    var values = bytes(tensor, "I64").asLongBuffer();
    var copy = new long[values.remaining()];
    values.get(copy);
    return copy;
  }

  /// A copy of the I32 matrix `tensor` `(rows, columns)`, one array per row.
  public int[][] i32Rows(String tensor) {
    var shape = shape(tensor);
    if (shape.length != 2) {
      throw new IllegalArgumentException(
          where(tensor) + " has " + shape.length + " dimensions, not 2");
    }
    var values = i32(tensor);
    var columns = Math.toIntExact(shape[1]);
    return IntStream.range(0, Math.toIntExact(shape[0]))
        .mapToObj(row -> Arrays.copyOfRange(values, row * columns, (row + 1) * columns))
        .toArray(int[][]::new);
  }

  private ByteBuffer bytes(String tensor, String dtype) {
    var entry = entry(tensor);
    if (!entry.dtype().equals(dtype)) {
      throw new IllegalArgumentException(where(tensor) + " is " + entry.dtype() + ", not " + dtype);
    }
    return data.slice(entry.begin(), entry.end() - entry.begin()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Entry entry(String tensor) {
    var entry = entries.get(tensor);
    if (entry == null) {
      throw new IllegalArgumentException(
          where(tensor) + " does not exist; there are " + entries.keySet());
    }
    return entry;
  }

  private String where(String tensor) {
    return "tensor " + tensor + " of golden file " + name;
  }
}

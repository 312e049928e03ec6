package dev.hone.model.checkpoint;

import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The header of a safetensors file, parsed and checked: a JSON object of `{name: {dtype, shape,
/// data_offsets}}`, and under `__metadata__` a map of strings.
///
/// It is read as a stream, since a header may be 100 MB long. Data must follow it without holes,
/// overlaps or a rest, and each tensor's byte range must be what its shape and dtype need.
///
/// @param tensors by name, in the order of the header
/// @param metadata what stands under `__metadata__`; empty where there is none
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata) {
  private static final String METADATA = "__metadata__";
  private static final String DAMAGED = "; the file is damaged, download or write it again";

  /// Parses `json`, whose data begin at `dataStart` and end at `fileSize`.
  static SafetensorsHeader parse(Path path, Reader json, long dataStart, long fileSize)
      throws CheckpointException {
    return new Parsing(path, dataStart, fileSize).parse(json);
  }

  /// One run over a header: the path is for messages, the rest is what has been read so far.
  private static final class Parsing {
    private static final JsonFactory JSON = new JsonFactory();
    private final Path path;
    private final long dataStart;
    private final long fileSize;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    Parsing(Path path, long dataStart, long fileSize) {
      this.path = path;
      this.dataStart = dataStart;
      this.fileSize = fileSize;
    }

    SafetensorsHeader parse(Reader json) throws CheckpointException {
      try (var parser = JSON.createParser(ObjectReadContext.empty(), json)) {
        parseObject(parser);
      } catch (JacksonException e) {
        throw broken("header is not valid JSON (" + JsonFile.reason(e) + ")");
      }
      checkContiguous();
      return new SafetensorsHeader(tensors, metadata);
    }

    private void parseObject(JsonParser parser) throws CheckpointException {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "header");
      boolean seenMetadata = false;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var name = parser.currentName();
        if (!name.equals(METADATA)) {
          parseTensor(parser, name);
        } else if (seenMetadata) {
          throw broken("header has " + METADATA + " twice");
        } else {
          seenMetadata = true;
          parseMetadata(parser);
        }
      }
      if (parser.nextToken() != null) throw broken("header has text after its JSON object");
    }

    private void parseMetadata(JsonParser parser) throws CheckpointException {
      expect(parser.nextToken(), JsonToken.START_OBJECT, METADATA);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var key = parser.currentName();
        expect(parser.nextToken(), JsonToken.VALUE_STRING, METADATA + " entry " + Quoted.of(key));
        if (metadata.put(key, parser.getString()) != null) {
          throw broken(METADATA + " has the key " + Quoted.of(key) + " twice");
        }
      }
    }

    private void parseTensor(JsonParser parser, String name) throws CheckpointException {
      var entry = new Entry(tensor(name));
      expect(parser.nextToken(), JsonToken.START_OBJECT, entry.where);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "dtype" -> entry.dtype = once(entry, field, entry.dtype, dtype(parser, entry.where));
          case "shape" ->
              entry.shape = once(entry, field, entry.shape, naturals(parser, entry.where, "shape"));
          case "data_offsets" ->
              entry.offsets =
                  once(entry, field, entry.offsets, naturals(parser, entry.where, "data_offsets"));
          default -> throw broken(entry.where + " has an unknown field " + Quoted.of(field));
        }
      }
      if (tensors.put(name, check(name, entry)) != null)
        throw broken(entry.where + " stands twice in the header");
    }

    private <T> T once(Entry entry, String field, T before, T now) throws CheckpointException {
      if (before != null) throw broken(entry.where + " has the field " + field + " twice");
      return now;
    }

    private Dtype dtype(JsonParser parser, String where) throws CheckpointException {
      expect(parser.currentToken(), JsonToken.VALUE_STRING, where + " dtype");
      var name = parser.getString();
      return Dtype.byName(name)
          .orElseThrow(() -> broken(where + " has the unknown dtype " + Quoted.of(name)));
    }

    private List<Long> naturals(JsonParser parser, String where, String field)
        throws CheckpointException {
      expect(parser.currentToken(), JsonToken.START_ARRAY, where + " " + field);
      var values = new ArrayList<Long>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, where + " " + field + " element");
        var number = parser.getNumberType();
        long value = number == JsonParser.NumberType.BIG_INTEGER ? -1 : parser.getLongValue();
        if (value < 0)
          throw broken(
              "%s %s has the value %s".formatted(where, field, Quoted.of(parser.getString())));
        values.add(value);
      }
      return values;
    }

    private TensorInfo check(String name, Entry entry) throws CheckpointException {
      if (entry.dtype == null || entry.shape == null || entry.offsets == null) {
        throw broken(entry.where + " lacks dtype, shape or data_offsets");
      }
      if (entry.offsets.size() != 2)
        throw broken(entry.where + " data_offsets has " + entry.offsets.size() + " values");
      long begin = entry.offsets.get(0);
      long end = entry.offsets.get(1);
      if (begin > end)
        throw broken(
            "%s data_offsets run backwards, from %d to %d".formatted(entry.where, begin, end));
      checkSize(entry, end - begin);
      if (end > fileSize - dataStart) throw truncated(entry.where, end);
      return new TensorInfo(
          name, entry.dtype, Optional.empty(), entry.shape, dataStart + begin, end - begin);
    }

    private void checkSize(Entry entry, long byteSize) throws CheckpointException {
      long bits;
      try {
        // A zero makes the product zero whatever else stands there, so it is looked for first:
        // [2^62, 2^62, 0] is fine.
        bits =
            entry.shape.contains(0L)
                ? 0
                : entry.shape.stream()
                    .mapToLong(Long::longValue)
                    .reduce(entry.dtype.bits(), Math::multiplyExact);
      } catch (ArithmeticException _) {
        throw broken("%s shape %s is too large".formatted(entry.where, entry.shape));
      }
      if (bits % 8 != 0 || bits / 8 != byteSize) {
        throw broken(
            "%s %s %s needs %d bytes but data_offsets span %d"
                .formatted(
                    entry.where, entry.dtype, entry.shape, Math.ceilDiv(bits, 8L), byteSize));
      }
    }

    private void checkContiguous() throws CheckpointException {
      long position = dataStart;
      for (var info : byOffset()) {
        if (info.offset() != position) {
          throw broken(
              "%s begins at byte %d of the data where %d was due: the tensors %s"
                  .formatted(
                      tensor(info.name()),
                      info.offset() - dataStart,
                      position - dataStart,
                      info.offset() < position ? "overlap" : "leave a hole"));
        }
        position += info.byteSize();
      }
      if (position != fileSize) {
        throw broken("%d bytes follow the last tensor's data".formatted(fileSize - position));
      }
    }

    private List<TensorInfo> byOffset() {
      return tensors.values().stream()
          .sorted(
              Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::byteSize))
          .toList();
    }

    private void expect(JsonToken found, JsonToken wanted, String where)
        throws CheckpointException {
      if (found != wanted)
        throw broken("%s: expected %s, found %s".formatted(where, words(wanted), words(found)));
    }

    private static String words(JsonToken token) {
      return switch (token) {
        case START_OBJECT -> "an object";
        case START_ARRAY -> "a list";
        case VALUE_STRING -> "text";
        case VALUE_NUMBER_INT -> "an integer";
        case VALUE_NUMBER_FLOAT -> "a fraction";
        case null -> "the end";
        case END_OBJECT,
            END_ARRAY,
            PROPERTY_NAME,
            NOT_AVAILABLE,
            VALUE_EMBEDDED_OBJECT,
            VALUE_TRUE,
            VALUE_FALSE,
            VALUE_NULL ->
            token.asString() == null ? token.name() : token.asString();
      };
    }

    private static String tensor(String name) {
      return "tensor " + Quoted.of(name);
    }

    private CheckpointException truncated(String where, long end) {
      return new CheckpointException(
          path,
          "truncated: %s ends at byte %d, the file has %d; copy or download it again"
              .formatted(where, end + dataStart, fileSize));
    }

    private CheckpointException broken(String what) {
      return new CheckpointException(path, what + DAMAGED);
    }
  }

  /// A tensor's entry while it is read.
  private static final class Entry {
    private final String where;
    private Dtype dtype;
    private List<Long> shape;
    private List<Long> offsets;

    Entry(String where) {
      this.where = where;
    }
  }
}
